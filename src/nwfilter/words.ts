/** By libvirt's schema; and short enough for the name of its file. */
const filterName = /^[A-Za-z_][A-Za-z0-9_.-]{0,199}$/;
const parameterName = /^[A-Za-z0-9_]{1,64}$/;
const parameterValue = /^[A-Za-z0-9_.:]{1,256}$/;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const matches =
  (pattern: RegExp) =>
  (value: unknown): value is string =>
    typeof value === 'string' && pattern.test(value);

export const isFilterName = matches(filterName);
export const isParameterName = matches(parameterName);
export const isParameterValue = matches(parameterValue);
export const isUuid = matches(uuid);
