import t from 'tap';
import { demandDestination } from '../../src/migration/allowed.js';
import { destinationHost } from '../../src/migration/destination-uri.js';

await t.test('where libvirt is on another host', (t) => {
  const hosts: Record<string, string | undefined> = {
    'qemu+tls://kvm2.example.org/system': 'kvm2.example.org',
    'qemu+tls://kvm2:16514/system': 'kvm2',
    'qemu+tcp://10.0.0.2/system': '10.0.0.2',
    'qemu+tls://[fd00::2]/system': '[fd00::2]',
    'qemu+ssh://root@kvm2/system': 'kvm2',
    'qemu+unix:///system?socket=/run/other/libvirt-sock': undefined,
  };
  for (const [uri, host] of Object.entries(hosts)) t.equal(destinationHost(uri), host, uri);
  t.end();
});

const refused = [
  ...[
    '',
    'x',
    'qemu:///system',
    'qemu://kvm2/system',
    'test:///default',
    'qemu+tls:///system',
    'xen+tls://kvm2/system',
  ],
  // a program, or a file of this host
  ...['qemu+ext://kvm2/system?command=/bin/sh', 'qemu+ssh://kvm2/system?command=/bin/sh'],
  ...['qemu+ssh://kvm2/system?netcat=/bin/sh', 'qemu+libssh2://kvm2/system?keyfile=/etc/shadow'],
  ...['qemu+tls://kvm2/system?pkipath=/tmp', 'qemu+tls://kvm2/system?no_verify=1'],
  // what ssh(1) would take for an option
  ...['qemu+ssh://-oProxyCommand=x/system', 'qemu+ssh://-lx@kvm2/system', 'qemu+ssh://a%20b@kvm2/system'],
  ...['qemu+tls://root@kvm2/system', 'qemu+ssh://root:secret@kvm2/system', 'qemu+tls://kvm2/system#x'],
  ...['qemu+tls://kvm2/session', 'qemu+tls://kvm2/', 'qemu+tls+x://kvm2/system'],
  ...['qemu+unix:///system', 'qemu+unix:///system?socket=x', 'qemu+unix:///system?socket=/x&mode=direct'],
  ...['qemu+unix:///system?socket=/x&socket=/y', 'qemu+unix://kvm2/system?socket=/x'],
];
for (const uri of refused) {
  await t.test(`refused: ${uri}`, (t) => {
    t.throws(() => destinationHost(uri), {
      type: 'invalid-request',
      errors: [{ path: '/destinationUri' }],
    });
    t.end();
  });
}

await t.test('where whom a VM may be sent by', (t) => {
  const [uri, url] = ['qemu+tls://kvm2/system', 'https://kvm2:7480'];
  const may = (role: 'operator' | 'admin', destinationUri: string, destinationUrl?: string) => () =>
    demandDestination({ destinationUri, ...(destinationUrl && { destinationUrl }) }, { role }, [uri]);
  t.doesNotThrow(may('operator', uri));
  t.doesNotThrow(may('operator', uri, url));
  t.doesNotThrow(may('admin', 'qemu+tls://elsewhere/system', 'http://elsewhere'));
  t.throws(may('operator', 'qemu+tls://elsewhere/system'), {
    type: 'forbidden',
    errors: [{ path: '/destinationUri' }],
  });
  for (const other of ['http://kvm2:7480', 'https://elsewhere:7480', 'https://kvm2.evil'])
    t.throws(may('operator', uri, other), { type: 'forbidden', errors: [{ path: '/destinationUrl' }] });
  t.throws(may('admin', uri, 'http://'), { type: 'invalid-request', errors: [{ path: '/destinationUrl' }] });
  t.throws(() => demandDestination({ destinationUri: uri, destinationToken: 'x' }, { role: 'admin' }, []), {
    errors: [{ path: '/destinationToken' }],
  });
  t.end();
});
