import t from 'tap';
import { Guest } from '../hosts/index.js';
import { onBridge } from '../integration/service.js';
import { begin, move, nothingLeft, Pair, stateOf, verdict } from './pair.js';
import { relay } from './relay.js';

const mac = '52:54:00:00:00:01';
const pair = await Pair.start();
t.teardown(() => pair[Symbol.asyncDispose]());
const { a, b } = pair;
await a.service.create('vm', [onBridge(mac)]);
await (await (await Guest.attach(a.host, 'vm')).ready()).detach();

const own = `<filter name='own' chain='root'><rule action='drop' direction='out' priority='500'>
  <mac match='no' srcmacaddr='$MAC'/></rule></filter>`;
const other = own.replace('drop', 'accept');
const defineOwn = (side: typeof a, xml: string) => side.host.virshXml(xml, 'nwfilter-define', '@');

/** How a VM that is not taken is left. */
async function stays(vm = 'vm'): Promise<void> {
  t.equal(await stateOf(a, vm), 'running');
  t.equal(await stateOf(b, vm), '404');
  t.equal(await verdict(a, 'vm', mac), 'enforced');
  t.strictSame(await b.host.leftovers(), nothingLeft);
}

await t.test('a MAC address that a VM of the destination has', async (t) => {
  await b.service.create('other', [onBridge(mac)], { start: false });
  t.match(await move(a, 'vm', b.destination), {
    status: 'failed',
    problem: {
      type: '/problems/mac-in-use',
      detail: /other has a NIC 52:54:00:00:00:01.*vm is on this host and runs/,
    },
    migration: { where: 'source' },
  });
  await b.service.request('DELETE', '/v1/vms/other');
  await stays();
});

await t.test('a name that a VM of the destination has', async (t) => {
  await b.service.create('vm', [], { start: false });
  t.match(await move(a, 'vm', b.destination), { problem: { type: '/problems/vm-name-taken' } });
  await b.service.request('DELETE', '/v1/vms/vm');
  await stays();
});

await t.test('a bridge that the destination has not, and nothing stays of what was brought', async (t) => {
  await a.host.addBridge('br7');
  await defineOwn(a, own);
  const nic = {
    source: { type: 'bridge' as const, bridge: 'br7' },
    filters: ['own', 'vdsm-no-mac-spoofing'],
  };
  t.match(await a.service.create('seven', [nic]), { status: 201 });
  t.match(await move(a, 'seven', b.destination), {
    problem: { type: '/problems/source-not-found', detail: /destination has no bridge br7/ },
  });
  await stays('seven');
  t.notMatch(await b.host.virsh('nwfilter-list'), / own$|virtwarden-list/m);
  await a.service.request('DELETE', '/v1/vms/seven?force=true');
});

await t.test('a filter that says something else there, unless it is to be replaced', async (t) => {
  await defineOwn(b, other);
  await a.service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters: ['vdsm-no-mac-spoofing', 'own'] });
  t.match(await move(a, 'vm', b.destination), {
    problem: { type: '/problems/nwfilter-differs', detail: /own \(here only: .*drop.*there only: .*accept/ },
  });
  await stays();
  t.match(await b.host.virsh('nwfilter-dumpxml', 'own'), 'accept', 'which is as it was');

  t.match(await move(a, 'vm', b.destination, { replaceFilters: true }), { status: 'succeeded' });
  t.match(await b.host.virsh('nwfilter-dumpxml', 'own'), 'drop');
  t.equal(await verdict(b, 'vm', mac), 'enforced');
  t.match(await move(b, 'vm', a.destination), { status: 'succeeded' });
  await a.service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters: ['vdsm-no-mac-spoofing'] });
});

await t.test('a filter that is missing there comes along', async (t) => {
  await b.host.virsh('nwfilter-undefine', 'own');
  await a.service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters: ['own'] });
  t.match(await move(a, 'vm', b.destination), { status: 'succeeded' });
  t.equal(await verdict(b, 'vm', mac), 'enforced');
  t.match(await move(b, 'vm', a.destination), { status: 'succeeded' });
  await a.service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters: ['vdsm-no-mac-spoofing'] });
});

await t.test('an address that libvirt has learned from the guest', async (t) => {
  await a.host.defineGuest({
    name: 'learner',
    nics: [{ mac: '52:54:00:00:00:09', filter: 'clean-traffic' }],
  });
  t.match(await move(a, 'learner', b.destination), {
    problem: { type: '/problems/destination-unsuitable', detail: /has learned from the guest/ },
  });
  await a.service.request('DELETE', '/v1/vms/learner?force=true');
});

await t.test('a policy of the destination that wants other filters', async (t) => {
  await b.service.request('PATCH', '/v1/config', { DefaultFilters: ['clean-traffic'] });
  await a.service.create('default', [onBridge()]);
  t.match(await move(a, 'default', b.destination), {
    problem: {
      type: '/problems/destination-unsuitable',
      detail: /has vdsm-no-mac-spoofing and would be to have clean-traffic/,
    },
  });
  await a.service.request('DELETE', '/v1/vms/default?force=true');
  await b.service.request('PATCH', '/v1/config', { DefaultFilters: ['vdsm-no-mac-spoofing'] });
});

await t.test('a virtwarden that is another host’s, or does not know the token', async (t) => {
  const { destinationToken } = b.destination;
  t.match(await move(a, 'vm', { destinationUri: a.host.uri }), {
    problem: { type: '/problems/vm-name-taken' },
  });
  const ownUrl = (await relay(a.host, a.service.socket)).url;
  const ownToken = await a.service.tokenFor('operator');
  t.match(await move(a, 'vm', { ...b.destination, destinationUrl: ownUrl, destinationToken: ownToken }), {
    problem: {
      type: '/problems/destination-unsuitable',
      detail: /virtwarden of a, .* is b: they must be one host/,
    },
  });
  t.match(await move(a, 'vm', { ...b.destination, destinationToken: `${destinationToken ?? ''}x` }), {
    problem: { type: '/problems/destination-unreachable', detail: /answers 401/ },
  });
  t.match(await move(a, 'vm', { destinationUri: 'qemu+unix:///system?socket=/nowhere' }), {
    problem: { type: '/problems/destination-unreachable', detail: /nowhere/ },
  });
  await stays();
});

await t.test('what an operator may', async (t) => {
  const operator = await a.service.as('operator');
  t.match(await operator('POST', '/v1/vms/vm/migrate', b.destination), {
    status: 403,
    body: { type: '/problems/forbidden', errors: [{ path: '/destinationUri' }] },
  });
  const viewer = await a.service.as('viewer', { trust: true });
  t.match(await viewer('POST', '/v1/vms/vm/migrate', b.destination), { status: 403 });
});

await t.test('URIs that run programs or read files', async (t) => {
  for (const uri of [
    'qemu:///system',
    'test:///default',
    'qemu+ext:///system?command=/bin/true',
    'qemu+ssh://host/system?command=/bin/true',
    'qemu+ssh://-oProxyCommand=x/system',
    'qemu+tls://host/system?no_verify=1',
    'qemu+tls://host/session',
    'qemu+unix:///system',
    'nothing',
  ]) {
    const { status, body } = await begin(a, 'vm', { destinationUri: uri });
    t.match({ status, body }, { status: 400, body: { errors: [{ path: '/destinationUri' }] } }, uri);
  }
});
