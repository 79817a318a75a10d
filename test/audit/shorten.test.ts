import t from 'tap';
import { shorten } from '../../src/audit/shorten.js';

const nic = (filters: number) => ({
  mac: '52:54:00:00:00:01',
  filters: Array.from({ length: filters }, (_, i) => `${i}${'x'.repeat(190)}`),
});

t.strictSame(shorten({ name: 'a', password: 'b', nics: [nic(0)] }), { name: 'a', nics: [nic(0)] });
t.equal(shorten({ password: 'b' }), undefined);
t.match(shorten('<filter/>'), { bytes: 9, sha256: /^[0-9a-f]{64}$/ });

await t.test('what is long is told of by its plain fields, its size and its hash', (t) => {
  const long = { name: 'a', start: true, cmdline: 'b', nics: Array.from({ length: 16 }, () => nic(16)) };
  const short = shorten(long) ?? {};
  t.match(short, { name: 'a', start: true, bytes: Number, sha256: /^[0-9a-f]{64}$/ });
  t.strictSame(Object.keys(short).sort(), ['bytes', 'name', 'sha256', 'start']);
  t.not(shorten({ ...long, nics: [nic(16), ...long.nics.slice(1, 16), nic(2)] })?.sha256, short.sha256);
  t.end();
});
