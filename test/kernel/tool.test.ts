import t from 'tap';
import { listWith } from '../../src/kernel/tool.js';
import { fakeTools } from '../helpers/fake-tools.js';

fakeTools(t, {
  ip: 'echo links $*',
  nft: 'exec sleep 60',
  'iptables-save': 'echo "it is broken" >&2; exit 1',
});

await t.test('what each says is given in the order in which they were named', async (t) => {
  const many = Array.from({ length: 20 }, (_, i) => ['ip', `${i}`] as const);
  t.strictSame(
    await listWith(...many),
    many.map(([, i]) => `links ${i}\n`),
  );
  t.strictSame(await listWith(), []);
});

await t.test('one that fails says why', async (t) => {
  await t.rejects(listWith(['ip'], ['iptables-save']), {
    type: 'kernel-unreadable',
    message: /it is broken/,
  });
});

await t.test('one that hangs is ended, and named', async (t) => {
  await t.rejects(listWith(['ip'], ['nft'], ['ip']), {
    type: 'kernel-unreadable',
    message: /nft .* did not end within 5000 ms/,
  });
});
