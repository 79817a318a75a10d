import t from 'tap';
import { readCapabilities } from '../../src/host/capabilities.js';
import { kernelLack } from '../../src/host/lacks.js';
import { Problem } from '../../src/errors.js';

const netAdmin = 1n << 12n;
const readSearch = 1n << 2n;

/** As /proc has it. */
const of = (uid: number, { effective = 0n, ambient = 0n, bounding = 0n }) => {
  const line = (name: string, set: bigint): string => `${name}:\t${set.toString(16).padStart(16, '0')}\n`;
  const sets = line('CapEff', effective) + line('CapBnd', bounding) + line('CapAmb', ambient);
  return readCapabilities(`Name:\tnode\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n${sets}NoNewPrivs:\t1\n`);
};
const codes = (capabilities: ReturnType<typeof of>, problem?: Problem) =>
  kernelLack(capabilities, problem).map(({ code }) => code);

await t.test('what a process may do, and what it hands on to those that it starts', (t) => {
  const unit = of(995, { effective: netAdmin, ambient: netAdmin, bounding: netAdmin });
  t.ok(unit.has('CAP_NET_ADMIN'));
  t.ok(unit.handsOn('CAP_NET_ADMIN'));
  t.notOk(unit.has('CAP_DAC_READ_SEARCH'));
  const both = netAdmin | readSearch;
  t.ok(of(995, { effective: both }).has('CAP_DAC_READ_SEARCH'));
  t.ok(of(0, { effective: both, bounding: both }).handsOn('CAP_NET_ADMIN'), 'root needs no ambient ones');
  t.notOk(of(995, { effective: both, bounding: both }).handsOn('CAP_NET_ADMIN'));
  t.notOk(readCapabilities('').has('CAP_NET_ADMIN'), 'what nobody says it does not have');
  t.end();
});

await t.test('without the right to read the rules, that is what it lacks, and not what comes of it', (t) => {
  const problem = new Problem('kernel-unreadable', 'nft is not installed.');
  const whole = of(995, { effective: netAdmin, ambient: netAdmin });
  t.strictSame(codes(of(995, {}), problem), ['net-admin']);
  t.strictSame(codes(of(0, {}), problem), ['net-admin'], 'root in a container');
  t.strictSame(codes(of(995, { effective: netAdmin }), problem), ['net-admin']);
  t.match(kernelLack(of(995, { effective: netAdmin }), problem), [{ detail: /has to be ambient/ }]);
  t.strictSame(codes(whole, problem), ['kernel-unreadable']);
  t.match(kernelLack(whole, problem), [{ detail: /nft is not installed\. No VM is started/ }]);
  t.strictSame(codes(whole), []);
  t.end();
});
