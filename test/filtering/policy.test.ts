import t from 'tap';
import { decideFilters } from '../../src/filtering/policy.js';
import { defaultPolicy } from '../../src/schemas/config.js';

const byDefault = { filters: ['vdsm-no-mac-spoofing'], origin: 'default' };
const none = { filters: [], origin: 'none' };
const named = { filters: ['clean-traffic', 'no-mac-broadcast'], origin: 'explicit' };

/** Level of the VM (undefined: the cluster's), and whether the default applies with the switch on. */
const levels: [string | undefined, boolean][] = [
  [undefined, true],
  ['3.1', false],
  ['3.2', true],
  ['3.10', true],
  ['4.7', true],
  ['2.99', false],
];

for (const enabled of [true, false]) {
  for (const [compatibilityVersion, high] of levels) {
    for (const filterable of [true, false]) {
      const policy = { ...defaultPolicy(), EnableMACAntiSpoofingFilterRules: enabled };
      const decide = (record: { filters: string[]; trust?: { reason: string } } | undefined) =>
        decideFilters(policy, { filterable, record, compatibilityVersion });
      const row = `switch ${enabled ? 'on' : 'off'}, level ${compatibilityVersion ?? 'of the cluster'}, ${filterable ? '' : 'not '}filterable`;
      t.strictSame(
        decide(undefined),
        enabled && high && filterable ? byDefault : none,
        `${row}, filters absent`,
      );
      t.strictSame(decide({ filters: [], trust: { reason: 'r' } }), none, `${row}, filters empty`);
      t.strictSame(decide({ filters: [] }), decide(undefined), `${row}, filters empty for no reason`);
      t.strictSame(decide({ filters: named.filters }), filterable ? named : none, `${row}, filters named`);
    }
  }
}

await t.test("the cluster's level is that of a VM without one", (t) => {
  const policy = { ...defaultPolicy(), ClusterCompatibilityVersion: '3.1' };
  const facts = { filterable: true, record: undefined };
  t.strictSame(decideFilters(policy, { ...facts, compatibilityVersion: undefined }), none);
  t.strictSame(decideFilters(policy, { ...facts, compatibilityVersion: '3.2' }), byDefault);
  t.end();
});

await t.test('several default filters are all given, in their order', (t) => {
  const policy = { ...defaultPolicy(), DefaultFilters: ['b', 'a'] };
  t.strictSame(
    decideFilters(policy, { filterable: true, record: undefined, compatibilityVersion: undefined }),
    {
      filters: ['b', 'a'],
      origin: 'default',
    },
  );
  t.end();
});
