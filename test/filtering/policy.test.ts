import t from 'tap';
import { decideFilters } from '../../src/filtering/policy.js';
import { defaultPolicy } from '../../src/schemas/config.js';
import { asked, policyRows } from '../helpers/policy-rows.js';

const byDefault = { filters: ['vdsm-no-mac-spoofing'], origin: 'default' };
const none = { filters: [], origin: 'none' };

for (const { enabled, level, filterable, what, expected } of policyRows) {
  const policy = { ...defaultPolicy(), EnableMACAntiSpoofingFilterRules: enabled };
  const record = what === 'absent' ? undefined : { ...asked[what], filters: [...asked[what].filters] };
  const { filters, origin } = decideFilters(policy, { filterable, record, compatibilityVersion: level });
  t.strictSame(
    { filters, filterOrigin: origin },
    expected,
    `switch ${enabled ? 'on' : 'off'}, level ${level}, ${filterable ? '' : 'not '}filterable, filters ${what}`,
  );
}

await t.test('an empty list without a reason is none that was asked for', (t) => {
  const facts = { filterable: true, record: { filters: [] }, compatibilityVersion: undefined };
  t.strictSame(decideFilters(defaultPolicy(), facts), byDefault);
  t.end();
});

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
