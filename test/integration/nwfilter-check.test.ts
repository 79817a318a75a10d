import t from 'tap';
import type { AuditEntry } from '../../src/schemas/audit.js';
import { startHost } from '../hosts/index.js';
import { Service } from './service.js';

interface Check {
  name?: string;
  errors: { path: string; message: string }[];
}

const host = await startHost();
const service = await Service.start(host);
t.teardown(() => host.stop());

const xmlOf = (name: string, rules: string) => `<filter name='${name}' chain='root'>${rules}</filter>`;
const drop = "<rule action='drop' direction='out'/>";

/** What is said of a filter that is to be new, or to replace another. */
async function check(body: unknown, replaces?: string): Promise<Check> {
  const query = replaces === undefined ? '' : `?replaces=${replaces}`;
  const type = typeof body === 'string' ? { 'content-type': 'application/xml' } : undefined;
  const answer = await service.request<Check>('POST', `/v1/nwfilters/check${query}`, body, type);
  t.equal(answer.status, 200);
  return answer.body;
}

await t.test('what would be taken', async (t) => {
  t.strictSame(await check(xmlOf('mine', drop)), { name: 'mine', errors: [] });
  t.strictSame(await check({ name: 'mine', entries: [{ ref: 'no-mac-spoofing' }] }), {
    name: 'mine',
    errors: [],
  });
});

await t.test('what would not, with the place', async (t) => {
  t.match(await check("<filter name='mine'><rule"), { errors: [{ message: /./ }] });
  t.match(await check(xmlOf('mine', "<rule action='perhaps' direction='out'/>")), {
    errors: [{ path: '/filter/rule[1]/@action', message: /must be one of/ }],
  });
  t.match(await check(xmlOf('mine', "<filterref filter='none'/>")), { errors: [{ path: /ref/ }] });
  t.match(await check(xmlOf('no-mac-spoofing', drop)), { errors: [{ path: '/name', message: 'is taken' }] });
  t.match(await check(xmlOf('vdsm-no-mac-spoofing', drop)), {
    errors: [{ message: /comes with the service/ }],
  });
});

await t.test('what is to replace another has its name, and another there must be', async (t) => {
  t.match(await check(xmlOf('mine', drop), 'mine'), { errors: [{ message: /mine/ }] });
  await service.request('POST', '/v1/nwfilters', { name: 'mine', entries: [] });
  t.strictSame(await check(xmlOf('mine', drop), 'mine'), { name: 'mine', errors: [] });
  t.match(await check(xmlOf('other', drop), 'mine'), { errors: [{ path: '/filter/@name' }] });
});

await t.test('nothing is changed, and nothing written down', async (t) => {
  t.notMatch(await host.virsh('nwfilter-dumpxml', 'mine'), /<rule/);
  const { body } = await service.request<{ items: AuditEntry[] }>('GET', '/v1/audit');
  t.strictSame(
    body.items.map(({ action }) => action),
    ['POST /v1/nwfilters'],
  );
});
