import t, { type Test } from 'tap';
import { loadSettings } from '../src/config.js';
import { parseListen } from '../src/listen-address.js';
import { SettingsError } from '../src/settings-error.js';

/** Settings with nothing but this in the settings file. */
function fileWith(t: Test, content: unknown): { VIRTWARDEN_CONFIG: string } {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return { VIRTWARDEN_CONFIG: `${t.testdir({ 'virtwarden.json': text })}/virtwarden.json` };
}

await t.test('what is not set has its default', (t) => {
  t.strictSame(loadSettings(fileWith(t, {})), {
    uri: 'qemu:///system',
    listen: '127.0.0.1:7480',
    stateDir: '/var/lib/virtwarden',
    adminTokenFile: '/var/lib/virtwarden/admin.token',
    imageDirs: ['/var/lib/libvirt/images'],
    hostNames: [],
    tlsClients: [],
    socketMode: '0660',
    socketPeers: [],
    metricsAccess: 'viewer',
    migrationDestinations: [],
    requestsPerMinute: 6000,
    logLevel: 'info',
  });
  t.end();
});

await t.test('what clients of the service read of the environment is no setting', (t) => {
  const env = fileWith(t, {});
  const more = { VIRTWARDEN_API_URL: 'http://kvm1:7480', VIRTWARDEN_TOKEN: 'a', VIRTWARDEN_TOKEN_FILE: '/b' };
  t.strictSame(loadSettings({ ...env, ...more }), loadSettings(env));
  t.end();
});

await t.test('a number and a list in a variable or flag', (t) => {
  const env = { ...fileWith(t, {}), VIRTWARDEN_REQUESTS_PER_MINUTE: '600' };
  t.match(loadSettings(env, { 'host-names': 'a.example,b' }), {
    requestsPerMinute: 600,
    hostNames: ['a.example', 'b'],
  });
  for (const wrong of ['', '6e2', '0x10', '59', '-1', ' 600']) {
    const set = { ...env, VIRTWARDEN_REQUESTS_PER_MINUTE: wrong };
    t.throws(() => loadSettings(set), { message: /VIRTWARDEN_REQUESTS_PER_MINUTE is wrong/ });
  }
  t.end();
});

await t.test('where operators may move VMs', (t) => {
  const env = fileWith(t, {});
  const two = 'qemu+tls://kvm2/system,qemu+tls://kvm3/system';
  t.strictSame(loadSettings({ ...env, VIRTWARDEN_MIGRATION_DESTINATIONS: two }).migrationDestinations, [
    'qemu+tls://kvm2/system',
    'qemu+tls://kvm3/system',
  ]);
  t.throws(() => loadSettings({ ...env, VIRTWARDEN_MIGRATION_DESTINATIONS: 'kvm2' }), {
    message: /MIGRATION_DESTINATIONS has "kvm2"/,
  });
  t.end();
});

await t.test('environment before flag before file', (t) => {
  const file = fileWith(t, { uri: 'file:///', stateDir: '/file', logLevel: 'warn' });
  const settings = loadSettings(
    { ...file, VIRTWARDEN_URI: 'env:///' },
    { uri: 'flag:///', 'state-dir': '/flag' },
  );
  t.match(settings, { uri: 'env:///', stateDir: '/flag', logLevel: 'warn' });
  t.equal(settings.adminTokenFile, '/flag/admin.token', 'goes with the state directory');
  t.end();
});

await t.test('the settings file can be named by a flag', (t) => {
  const { VIRTWARDEN_CONFIG: config } = fileWith(t, { uri: 'file:///' });
  t.equal(loadSettings({}, { config }).uri, 'file:///');
  t.end();
});

await t.test('image directories are separated by colons, a list in the file', (t) => {
  const env = { ...fileWith(t, { imageDirs: ['/c'] }) };
  t.strictSame(loadSettings(env).imageDirs, ['/c']);
  t.strictSame(loadSettings(env, { 'image-dirs': '/a:/b' }).imageDirs, ['/a', '/b']);
  t.strictSame(loadSettings({ ...env, VIRTWARDEN_IMAGE_DIRS: '/d' }).imageDirs, ['/d']);
  t.end();
});

await t.test('other variables of the environment are nobody’s business', (t) => {
  t.equal(loadSettings({ ...fileWith(t, {}), PATH: '/bin', URI: 'x' }).uri, 'qemu:///system');
  t.end();
});

const wrong: Record<string, { env?: object; flags?: Record<string, string>; file?: unknown; says: RegExp }> =
  {
    'unknown variable': { env: { VIRTWARDEN_URL: 'x' }, says: /VIRTWARDEN_URL is not a setting/ },
    'unknown key': { file: { urI: 'x' }, says: /"urI" in .*virtwarden\.json is not a setting/ },
    'key __proto__': { file: '{"__proto__": {"uri": "x"}}', says: /"__proto__" in .* is not a setting/ },
    'empty value': { env: { VIRTWARDEN_URI: '' }, says: /VIRTWARDEN_URI is wrong/ },
    'level that is none': {
      flags: { 'log-level': 'loud' },
      says: /--log-level is wrong.*\(fatal, .*silent\)/,
    },
    'relative state directory': {
      env: { VIRTWARDEN_STATE_DIR: 'state' },
      says: /VIRTWARDEN_STATE_DIR is wrong/,
    },
    'relative token file': { flags: { 'admin-token-file': 't' }, says: /--admin-token-file is wrong/ },
    'relative image directory': {
      env: { VIRTWARDEN_IMAGE_DIRS: '/a:b' },
      says: /VIRTWARDEN_IMAGE_DIRS is wrong/,
    },
    'no image directory': { file: { imageDirs: [] }, says: /"imageDirs" in .* is wrong/ },
    'number for a text': { file: { uri: 5 }, says: /"uri" in .* is wrong: it must be string/ },
    'text for a list': { file: { imageDirs: '/a' }, says: /"imageDirs" in .* is wrong: it must be array/ },
    'file that is no object': { file: [], says: /must hold a JSON object/ },
    'file that is not JSON': { file: '{', says: /virtwarden\.json is not JSON/ },
    'certificate without key': { env: { VIRTWARDEN_TLS_CERT: '/c' }, says: /go together/ },
    'key without certificate': { env: { VIRTWARDEN_TLS_KEY: '/k' }, says: /go together/ },
  };
for (const [what, { env, flags, file = {}, says }] of Object.entries(wrong)) {
  await t.test(`refused: ${what}`, (t) => {
    const load = (): unknown => loadSettings({ ...fileWith(t, file), ...env }, flags);
    t.ok(t.throws(load, { message: says }) instanceof SettingsError);
    t.throws(load, { message: /^[^\n]+\.$/ }, 'one sentence');
    t.end();
  });
}

await t.test('a settings file that was named must be there', (t) => {
  const config = `${t.testdir()}/missing.json`;
  t.throws(() => loadSettings({}, { config }), { message: /missing\.json cannot be read/ });
  t.throws(() => loadSettings({ VIRTWARDEN_CONFIG: config }), { message: /missing\.json cannot be read/ });
  t.end();
});

const addresses: Record<string, object> = {
  '127.0.0.1:7480': { host: '127.0.0.1', port: 7480 },
  'localhost:0': { host: 'localhost', port: 0 },
  '[::1]:65535': { host: '::1', port: 65535 },
  'unix:/run/virtwarden.sock': { path: '/run/virtwarden.sock' },
};
for (const [listen, expected] of Object.entries(addresses)) {
  t.strictSame(parseListen(listen), expected, `listens on ${listen}`);
}
for (const listen of [
  '7480',
  ':7480',
  '127.0.0.1',
  'h:65536',
  'h:',
  '::1:80',
  'unix:relative',
  'h:80x',
  '[::1]',
]) {
  const error = t.throws(() => parseListen(listen), { message: listen }, `does not listen on "${listen}"`);
  t.ok(error instanceof SettingsError);
}

for (const listen of ['0.0.0.0:80', '[::]:80', '192.0.2.1:80', 'host.example:80', '127.example:80']) {
  await t.test(`${listen} needs TLS`, (t) => {
    const env = { ...fileWith(t, {}), VIRTWARDEN_LISTEN: listen };
    t.throws(() => loadSettings(env), { message: /needs TLS/ });
    const withTls = { ...env, VIRTWARDEN_TLS_CERT: '/c', VIRTWARDEN_TLS_KEY: '/k' };
    t.match(loadSettings(withTls), { listen, tlsCert: '/c', tlsKey: '/k' });
    t.end();
  });
}
for (const listen of ['127.0.0.2:80', 'localhost:80', '[::1]:80', 'unix:/x']) {
  await t.test(`${listen} does not need TLS`, (t) => {
    t.equal(loadSettings({ ...fileWith(t, {}), VIRTWARDEN_LISTEN: listen }).listen, listen);
    t.end();
  });
}

await t.test('who is known by a certificate or on the socket', (t) => {
  const env = fileWith(t, {});
  const tls = { 'tls-cert': '/cert', 'tls-key': '/key', 'tls-client-ca': '/ca' };
  t.match(loadSettings(env, { ...tls, 'tls-clients': 'CN=a,O=b=viewer; CN=c=operator+trust' }), {
    tlsClients: ['CN=a,O=b=viewer', 'CN=c=operator+trust'],
  });
  const socket = { listen: 'unix:/sock', 'socket-mode': '600', 'socket-group': 'libvirt' };
  t.match(loadSettings(env, { ...socket, 'socket-peers': 'root=admin,@libvirt=viewer' }), {
    socketMode: '600',
    socketGroup: 'libvirt',
    socketPeers: ['root=admin', '@libvirt=viewer'],
  });
  const wrong: [flags: Record<string, string>, says: RegExp][] = [
    [{ ...tls, 'tls-clients': 'CN=a' }, /--tls-clients is wrong/],
    [{ ...tls, 'tls-clients': 'CN=a=root' }, /--tls-clients is wrong/],
    [{ ...tls, 'tls-clients': '=admin' }, /--tls-clients is wrong/],
    [
      { 'tls-cert': '/cert', 'tls-key': '/key', 'tls-clients': 'CN=a=viewer' },
      /TLS_CLIENTS needs .*TLS_CLIENT_CA/,
    ],
    [{ 'tls-client-ca': '/ca' }, /TLS_CLIENT_CA needs VIRTWARDEN_TLS_CERT/],
    [
      { 'tls-client-ca': '/ca', 'tls-cert': '/cert', 'tls-key': '/key' },
      /TLS_CLIENT_CA lets nobody in without VIRTWARDEN_TLS_CLIENTS/,
    ],
    [{ ...socket, 'socket-peers': 'root' }, /--socket-peers is wrong/],
    [{ ...socket, 'socket-peers': 'root=admin+more' }, /--socket-peers is wrong/],
    [{ ...socket, 'socket-peers': 'a b=admin' }, /--socket-peers is wrong/],
    [{ ...socket, 'socket-mode': '0888' }, /--socket-mode is wrong/],
    [{ ...socket, 'socket-mode': '4755' }, /--socket-mode is wrong/],
    [{ 'socket-peers': 'root=admin' }, /SOCKET_PEERS is for a unix socket/],
    [{ 'socket-group': 'libvirt' }, /SOCKET_GROUP is for a unix socket/],
    [{ listen: `unix:/${'x'.repeat(107)}` }, /longer than the 107 bytes/],
    [{ listen: 'unix:/sock', 'tls-cert': '/cert', 'tls-key': '/key' }, /TLS_CERT is for HOST:PORT/],
    [{ 'metrics-access': 'admin' }, /--metrics-access is wrong: .*viewer, anyone/],
  ];
  for (const [flags, message] of wrong)
    t.throws(() => loadSettings(env, flags), { message }, JSON.stringify(flags));
  t.equal(loadSettings(env, { listen: `unix:/${'x'.repeat(106)}` }).listen.length, 112);
  t.end();
});
