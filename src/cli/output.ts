const toText = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

/** Prints an object as lines of KEY=VALUE, in the form that `set` takes. */
function printValues(values: object): void {
  for (const [key, value] of Object.entries(values)) console.log(`${key}=${toText(value)}`);
}

/** Prints what a command found: an object by its members, anything else as it is; or either as JSON. */
export function print(value: unknown, json: boolean): void {
  if (json) console.log(JSON.stringify(value, null, 2));
  else if (value !== null && typeof value === 'object' && !Array.isArray(value)) printValues(value);
  else console.log(toText(value));
}

/** Says something that is no part of the answer. */
export const warn = (sentence: string): void => console.error(`virtwarden: ${sentence}`);
