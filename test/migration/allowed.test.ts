import t from 'tap';
import { demandDestination } from '../../src/migration/allowed.js';

const destinationUri = 'qemu+tls://kvm2.example.org/system';
const admin = { role: 'admin' as const };

await t.test('a URL of a virtwarden has no secrets, which would be named in problems and in the log', (t) => {
  const demand = (destinationUrl: string): void =>
    demandDestination({ destinationUri, destinationUrl }, admin, []);
  for (const url of ['https://kvm2.example.org:7480', 'https://kvm2.example.org/virtwarden/'])
    t.doesNotThrow(() => demand(url), url);
  for (const url of [
    'https://me:secret@kvm2.example.org',
    'https://me@kvm2.example.org',
    'https://kvm2.example.org/?token=secret',
    'https://kvm2.example.org/#secret',
    'https://',
  ]) {
    t.throws(
      () => demand(url),
      { type: 'invalid-request', errors: [{ path: '/destinationUrl', message: /^(?!.*secret)/ }] },
      url,
    );
  }
  t.end();
});
