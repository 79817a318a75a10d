import { execFileSync } from 'node:child_process';
import t from 'tap';
import { namesOf } from '../../src/limits/host-names.js';

await t.test("a certificate's names, and no others", (t) => {
  const pem = execFileSync('openssl', [
    ...[
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
    ],
    ...['-subj', '/CN=common.example', '-addext'],
    'subjectAltName=DNS:kvm1.example,DNS:*.wild.example,IP:192.0.2.1,DNS:kvm2',
  ]);
  t.strictSame(namesOf(pem), ['kvm1.example', 'kvm2']);
  t.end();
});
