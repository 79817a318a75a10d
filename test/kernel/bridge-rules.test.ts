import { chmodSync } from 'node:fs';
import t, { type Test } from 'tap';
import { parseEbtablesSave, readKernelRules } from '../../src/kernel/bridge-rules.js';
import { saved } from '../helpers/kernel-rules.js';

const rules = {
  PREROUTING: ['-i vnet0 -j libvirt-I-vnet0'],
  OUTPUT: [],
  POSTROUTING: [],
  'I-vnet0-arp-mac': ['-p ARP --arp-mac-src 52:54:00:aa:bb:01 -j RETURN', '-j DROP'],
  'I-vnet0-mac': ['-s 52:54:00:aa:bb:01 -j RETURN', '-j DROP'],
  'libvirt-I-vnet0': ['-j I-vnet0-mac', '-p ARP -j I-vnet0-arp-mac'],
};

await t.test('each chain with its rules in order', (t) => {
  t.strictSame(Object.fromEntries(parseEbtablesSave(saved)), rules);
  t.end();
});

await t.test('only the table nat counts, wherever it stands', (t) => {
  const filter = '*filter\n:FORWARD ACCEPT\n:I-vnet0-mac ACCEPT\n-A I-vnet0-mac -j ACCEPT\n';
  for (const text of [`# comment\n${filter}${saved}`, `${saved}${filter}`]) {
    t.strictSame(Object.fromEntries(parseEbtablesSave(text)), rules);
  }
  t.equal(parseEbtablesSave(saved.replace('*nat', '*filter')).size, 0);
  t.end();
});

await t.test('MAC addresses that old ebtables shortens are written out', (t) => {
  const text = '*nat\n:c ACCEPT\n-A c -s 2:54:0:AA:b:1 -j RETURN\n';
  t.strictSame(parseEbtablesSave(text).get('c'), ['-s 02:54:00:aa:0b:01 -j RETURN']);
  t.end();
});

await t.test('no rules at all are no chains', (t) => {
  t.equal(parseEbtablesSave('').size, 0);
  t.end();
});

/** Puts a program named ebtables-save, or none, where programs are looked for. */
function ebtablesSave(t: Test, script: string | undefined): void {
  const directory = t.testdir(script === undefined ? {} : { 'ebtables-save': `#!/bin/sh\n${script}\n` });
  if (script !== undefined) chmodSync(`${directory}/ebtables-save`, 0o755);
  const { PATH } = process.env;
  process.env.PATH = directory;
  t.teardown(() => {
    process.env.PATH = PATH;
  });
}

await t.test('the kernel is asked at each call', async (t) => {
  ebtablesSave(t, `echo "*nat\n:c ACCEPT\n-A c -j DROP"`);
  t.strictSame(Object.fromEntries(await readKernelRules()), { c: ['-j DROP'] });
  ebtablesSave(t, `echo "*nat"`);
  t.strictSame(Object.fromEntries(await readKernelRules()), {});
});

await t.test('without ebtables nobody can tell', async (t) => {
  ebtablesSave(t, undefined);
  await t.rejects(readKernelRules(), { type: 'kernel-unreadable', status: 503, message: /not installed/ });
});

await t.test('a failure is not taken for “no rules”', async (t) => {
  ebtablesSave(t, `echo "*nat"; echo "Permission denied" >&2; exit 1`);
  await t.rejects(readKernelRules(), { type: 'kernel-unreadable', message: /Permission denied/ });
});
