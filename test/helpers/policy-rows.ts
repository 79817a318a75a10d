import type { Nic, NicInput } from '../../src/schemas/nic.js';

/** What a request says of a NIC's filters. */
export const asked = {
  absent: {},
  empty: { filters: [], trust: { reason: 'a test' } },
  one: { filters: ['no-mac-spoofing'] },
  several: { filters: ['no-mac-spoofing', 'no-arp-mac-spoofing'] },
} as const satisfies Record<string, Pick<NicInput, 'filters' | 'trust'>>;
export type Asked = keyof typeof asked;

/** Levels, and whether the default filter goes with them: they are compared as numbers. */
export const levels = [
  ['2.99', false],
  ['3.1', false],
  ['3.2', true],
  ['3.10', true],
  ['4.7', true],
] as const;

/** One row of the policy: the circumstances, and what a NIC then has. */
export interface PolicyRow {
  enabled: boolean;
  level: string;
  filterable: boolean;
  what: Asked;
  expected: Pick<Nic, 'filters' | 'filterOrigin'>;
}

function expected(applies: boolean, filterable: boolean, what: Asked): PolicyRow['expected'] {
  const none = { filters: [], filterOrigin: 'none' as const };
  if (!filterable || what === 'empty') return none;
  if (what === 'absent')
    return applies ? { filters: ['vdsm-no-mac-spoofing'], filterOrigin: 'default' } : none;
  return { filters: [...asked[what].filters], filterOrigin: 'explicit' };
}

export const policyRows: PolicyRow[] = [true, false].flatMap((enabled) =>
  levels.flatMap(([level, high]) =>
    [true, false].flatMap((filterable) =>
      (Object.keys(asked) as Asked[]).map((what) => ({
        enabled,
        level,
        filterable,
        what,
        expected: expected(enabled && high, filterable, what),
      })),
    ),
  ),
);
