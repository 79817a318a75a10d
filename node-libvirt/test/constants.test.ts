import { existsSync } from 'node:fs';
import t from 'tap';
import * as constants from '../lib/constants.js';
// @ts-expect-error: a script without types
import * as script from '../scripts/constants.mjs';

interface Api {
  groups: Map<string, [string, number][]>;
  strings: [string, string][];
}
const { apiPath, readApi } = script as { apiPath: string; readApi: () => Api };

void t.test('the constants agree with the libvirt that is installed', { skip: !existsSync(apiPath) }, (t) => {
  const { groups, strings } = readApi();
  const installed = new Map<string, number | string>([...[...groups.values()].flat(), ...strings]);
  let compared = 0;
  for (const [name, value] of Object.entries(constants)) {
    if (typeof value === 'object' || !installed.has(name)) continue;
    t.equal(value, installed.get(name), name);
    compared++;
  }
  // An older libvirt lacks some names, and a newer one has more; all but a few are common.
  t.ok(compared > 550, `${compared} compared`);
  for (const [name, value] of groups.get('virErrorNumber') ?? []) {
    if (name in constants) t.equal(constants.errorNames[value], name);
  }
  t.end();
});
