import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import type { AuditLog } from '../../src/audit/log.js';
import { Problem } from '../../src/errors.js';
import { version } from '../../src/version.js';
import { ask, connectedApp, deadUri, testApp, token } from '../helpers/app.js';
import { Authority } from '../helpers/certificates.js';
import { fullScrape, scrape } from '../helpers/scrape.js';

await t.test('answers are counted by their route, whatever callers have made up', async (t) => {
  const app = await connectedApp(t);
  for (const vm of ['test', 'nobody', 'nobody-else']) await ask(app, { url: `/v1/vms/${vm}` });
  await ask(app, { url: '/v1/made/up' });
  await app.inject({ url: '/v1/vms' });
  const found = await scrape(app);
  const requests = found.get('virtwarden_http_requests_total')?.samples;
  t.strictSame(
    Object.fromEntries(requests ?? []),
    {
      'virtwarden_http_requests_total{method="GET",route="/v1/vms/:vm",status="200"}': 1,
      'virtwarden_http_requests_total{method="GET",route="/v1/vms/:vm",status="404"}': 2,
      'virtwarden_http_requests_total{method="GET",route="none",status="404"}': 1,
      'virtwarden_http_requests_total{method="GET",route="/v1/vms",status="401"}': 1,
    },
    'a scrape is counted when it is answered',
  );
  const problems = found.get('virtwarden_problems_total')?.samples;
  t.equal(problems?.get('virtwarden_problems_total{type="vm-not-found"}'), 2);
  t.equal(problems?.get('virtwarden_problems_total{type="route-not-found"}'), 1);
  t.equal(problems?.get('virtwarden_problems_total{type="unauthorized"}'), 1);
  t.equal(
    problems?.get('virtwarden_problems_total{type="internal-error"}'),
    0,
    'so that the first one is an increase',
  );
  const times = found.get('virtwarden_http_request_duration_seconds')?.samples;
  const count = 'virtwarden_http_request_duration_seconds_count{method="GET",route="/v1/vms/:vm"}';
  t.equal(times?.get(count), 3);
});

await t.test('a stream of events is counted when it ends, without the time that it took', async (t) => {
  const app = await connectedApp(t);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${token}` };
  const stream = get({ port, host: '127.0.0.1', path: '/v1/events', headers, agent: false });
  const [answer] = (await once(stream, 'response')) as [IncomingMessage];
  t.equal(answer.statusCode, 200);
  await ask(app, { url: '/v1/vms' });
  app.eventReaders.finish();
  await text(answer);
  const sample = 'virtwarden_http_requests_total{method="GET",route="/v1/events",status="200"}';
  let found = await scrape(app);
  while (!found.get('virtwarden_http_requests_total')?.samples.has(sample)) found = await scrape(app);
  const times = [...(found.get('virtwarden_http_request_duration_seconds')?.samples.keys() ?? [])];
  t.ok(times.some((one) => one.includes('route="/v1/vms"')));
  t.notOk(times.some((one) => one.includes('route="/v1/events"')));
});

const valueOf = async (...[app, name]: [Parameters<typeof scrape>[0], string]): Promise<number | undefined> =>
  (await scrape(app)).get(name)?.samples.get(name);

await t.test('without libvirt there are figures all the same, and they say so', async (t) => {
  const app = await testApp(t, { uri: deadUri });
  const response = await ask(app, { url: '/metrics' });
  t.equal(response.statusCode, 200);
  for (const name of ['virtwarden_ready', 'virtwarden_libvirt_connected', 'virtwarden_verdicts_readable'])
    t.equal(await valueOf(app, name), 0, name);
  t.notOk((await scrape(app)).get('virtwarden_nics')?.samples.size, 'nothing is said of NICs');
});

await t.test('a libvirt that is connected and does not tell about NICs', async (t) => {
  const app = await connectedApp(t);
  app.hostVerdicts = () => Promise.reject(new Problem('libvirt-timeout', 'It hangs.'));
  t.equal(await valueOf(app, 'virtwarden_libvirt_connected'), 1);
  t.equal(await valueOf(app, 'virtwarden_verdicts_readable'), 0);
  app.demandReady = () => Promise.resolve();
  t.equal(await valueOf(app, 'virtwarden_ready'), 1);
});

await t.test('NICs by verdict, VMs, and what was dropped', async (t) => {
  const found = await fullScrape(t);
  t.equal(found.get('virtwarden_nics')?.samples.get('virtwarden_nics{status="drifted"}'), 1);
  t.equal(found.get('virtwarden_nics')?.samples.get('virtwarden_nics{status="enforced"}'), 0);
  t.equal(found.get('virtwarden_vms')?.samples.get('virtwarden_vms{state="active"}'), 1);
  t.equal(found.get('virtwarden_vms')?.samples.get('virtwarden_vms{state="inactive"}'), 1);
  const dropped = found.get('virtwarden_dropped_frames_total');
  t.equal(dropped?.type, 'counter');
  const labels =
    'vm="3f3f3f3f-0000-4000-8000-000000000001",vm_name="web1",nic="52:54:00:00:00:01",port="vnet0"';
  t.equal(dropped?.samples.get(`virtwarden_dropped_frames_total{${labels},class="mac"}`), 7);
  t.notOk([...(dropped?.samples.keys() ?? [])].some((one) => one.includes('class="total"')));
});

await t.test('rights that the service lacks, changes that are left, its version', async (t) => {
  const app = await testApp(t, { uri: deadUri });
  app.readLacks = () => Promise.resolve([{ code: 'state-unwritable', detail: 'It is full.' }]);
  app.hasUnsettled = () => true;
  const found = await scrape(app);
  const lacks = found.get('virtwarden_host_lacks')?.samples;
  t.equal(lacks?.get('virtwarden_host_lacks{code="state-unwritable"}'), 1);
  t.equal(lacks?.get('virtwarden_host_lacks{code="net-admin"}'), 0);
  t.equal(await valueOf(app, 'virtwarden_changes_unsettled'), 1);
  t.ok(found.get('virtwarden_build_info')?.samples.has(`virtwarden_build_info{version="${version}"}`));
  t.notOk(found.has('virtwarden_tls_certificate_not_after_timestamp_seconds'), 'there is no certificate');
});

await t.test('when the certificate expires', async (t) => {
  const { cert, key } = new Authority(t).issue('server', '/CN=kvm1', { days: 30 });
  const app = await testApp(t, { uri: deadUri, tls: { cert: readFileSync(cert), key: readFileSync(key) } });
  const at = await valueOf(app, 'virtwarden_tls_certificate_not_after_timestamp_seconds');
  const days = ((at ?? 0) - Date.now() / 1000) / 86_400;
  t.ok(days > 29.9 && days <= 30, `in ${days} days`);
});

await t.test('an audit log that cannot be written', async (t) => {
  const full: AuditLog = {
    files: [],
    append: () => Promise.reject(new Problem('state-unwritable', 'The disk is full.')),
    close: () => Promise.resolve(),
  };
  const app = await testApp(t, { uri: deadUri, audit: full });
  t.equal(await valueOf(app, 'virtwarden_audit_failures_total'), 0);
  const { statusCode } = await ask(app, {
    method: 'POST',
    url: '/v1/tokens',
    payload: { name: 'a', role: 'viewer' },
  });
  t.equal(statusCode, 503);
  t.equal(await valueOf(app, 'virtwarden_audit_failures_total'), 1);
});
