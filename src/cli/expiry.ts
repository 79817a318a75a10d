import { CommandError } from './exit.js';

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30d`, `12h`, `15m` from now, or a time as RFC 3339 has it. @throws CommandError */
export function parseExpiry(text: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : Date.now() + Number(count) * (unitMs[unit] ?? NaN);
  const isTime = count !== undefined || /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/i.test(text);
  if (isTime && !Number.isNaN(at)) return new Date(at).toISOString();
  throw new CommandError(
    'wrongUse',
    `"${text}" is neither 30d, 12h or 15m nor a time such as 2030-01-31T12:00:00Z.`,
  );
}
