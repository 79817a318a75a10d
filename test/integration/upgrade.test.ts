import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { AuditEntry } from '../../src/schemas/audit.js';
import type { Token } from '../../src/schemas/token.js';
import { startHost } from '../hosts/index.js';
import { call } from './http.js';
import { Service } from './service.js';

/** What 0.1.0 wrote until it was killed in the middle of a start, of a VM that has gone since. */
const state = join(import.meta.dirname, 'state-0.1.0');

await t.test('the state that an older version has left is read', async (t) => {
  await using host = await startHost();
  await cp(state, join(host.dir, 'state'), { recursive: true });
  await using service = await Service.start(host);

  const tokens = (await service.request<{ items: Token[] }>('GET', '/v1/tokens')).body.items;
  t.match(
    tokens.map(({ name, role, trust }) => [name, role, trust]),
    [
      ['admin', 'admin', false],
      ['orchestrator', 'operator', true],
      ['prometheus', 'viewer', false],
    ],
  );
  const token = (await readFile(join(state, 'orchestrator.token'), 'utf8')).trim();
  t.match(await call(service.socket, 'GET', '/v1/vms', { token }), { status: 200 });

  t.match((await service.request('GET', '/v1/config')).body, {
    DefaultFilters: ['vdsm-no-mac-spoofing', 'no-ip-multicast'],
    reconcile: 'report',
  });

  const { items } = (await service.request<{ items: AuditEntry[] }>('GET', '/v1/audit')).body;
  t.strictSame(
    items.map(({ action, result }) => `${action} ${result}`),
    [
      'POST /v1/vms/:vm/start unfinished',
      'POST /v1/vms succeeded',
      'DELETE /v1/vms/:vm succeeded',
      'PATCH /v1/vms/:vm/nics/:mac succeeded',
      'POST /v1/vms succeeded',
      'PATCH /v1/config succeeded',
      'POST /v1/tokens succeeded',
      'POST /v1/tokens succeeded',
    ],
  );
  t.strictSame(await readdir(join(host.dir, 'state/journal')), [], 'what was cut off is settled');
});
