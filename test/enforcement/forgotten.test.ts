import t from 'tap';
import { readQemuNics } from '../../src/enforcement/forgotten.js';

await t.test('what QEMU says of its network is read', (t) => {
  const said = [
    'net0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:00:00:01',
    ' \\ hostnet0: index=0,type=tap,fd=33',
    'ua-mine: index=0,type=nic,model=e1000,macaddr=52:54:00:00:00:02',
    ' \\ hostua-mine: index=0,type=tap,ifname=vnet7,script=no,downscript=no',
    'hostnet1: index=0,type=tap,fd=84',
    'hostnet2: index=0,type=user,net=10.0.2.0,restrict=off',
  ];
  for (const ending of ['\n', '\r\n'])
    t.strictSame(readQemuNics(said.join(ending)), { nics: ['net0', 'ua-mine'], halves: ['net1'] });
  t.strictSame(readQemuNics(''), { nics: [], halves: [] });
  t.end();
});
