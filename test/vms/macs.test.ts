import { Connection } from 'node-libvirt';
import t from 'tap';
import { assignMacs } from '../../src/vms/macs.js';

/** The MAC of the one VM that libvirt's test driver begins with, which is named test. */
const taken = 'aa:bb:cc:dd:ee:ff';
const connection = await Connection.open('test:///default');
t.teardown(() => connection.close());

await t.test('the MAC asked for, in lower case', async (t) => {
  const macs = ['52:54:00:AA:BB:01', '52:54:00:aa:bb:02'];
  t.strictSame(await assignMacs(connection, macs), ['52:54:00:aa:bb:01', '52:54:00:aa:bb:02']);
});

await t.test('one is made for each NIC that names none', async (t) => {
  const asked = '52:54:00:aa:bb:01';
  const macs = await assignMacs(connection, [undefined, asked, ...Array<undefined>(100)]);
  t.equal(macs[1], asked);
  t.equal(new Set(macs).size, 102, 'no two are the same');
  t.ok(macs.every((mac) => /^52:54:00(:[0-9a-f]{2}){3}$/.test(mac)));
});

for (const mac of [taken, taken.toUpperCase()]) {
  await t.test(`${mac} is taken`, async (t) => {
    await t.rejects(assignMacs(connection, [undefined, mac]), {
      type: 'mac-in-use',
      status: 409,
      errors: [{ path: '/nics/1/mac', message: `${taken} is in use by the VM test` }],
    });
  });
}

await t.test('a MAC stands once in a request', async (t) => {
  await t.rejects(assignMacs(connection, ['52:54:00:aa:bb:01', undefined, '52:54:00:AA:BB:01']), {
    type: 'mac-in-use',
    errors: [{ path: '/nics/2/mac', message: /twice/ }],
  });
});

await t.test('the MAC of a VM that is shut off is taken too', async (t) => {
  const mac = '52:54:00:00:00:99';
  await using domain = await connection.domainDefineXMLFlags(
    `<domain type='test'><name>off</name><memory>1024</memory><os><type>hvm</type></os>
     <devices><interface type='ethernet'><mac address='${mac}'/></interface></devices></domain>`,
  );
  await t.rejects(assignMacs(connection, [mac]), { type: 'mac-in-use', message: /VM off/ });
  await domain.undefine();
  t.strictSame(await assignMacs(connection, [mac]), [mac]);
});
