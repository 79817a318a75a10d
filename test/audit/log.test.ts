import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import t from 'tap';
import type { AuditLine } from '../../src/audit/line.js';
import { AuditFile } from '../../src/audit/log.js';
import { type GoingOn, readEntries } from '../../src/audit/read.js';
import type { AuditEntry } from '../../src/schemas/audit.js';

const caller = { name: 'ci', role: 'operator', via: 'token' } as const;
const at = '2024-05-06T07:08:09.000Z';
const begun = (id: string): AuditLine => ({
  ...{ phase: 'begun', id, at, caller, from: '127.0.0.1', action: 'POST /v1/vms', path: '/v1/vms' },
});
const ended = (id: string, operation?: string): AuditLine => ({
  ...{
    phase: 'ended',
    id,
    at,
    status: 200,
    result: 'succeeded',
    ...(operation !== undefined && { operation }),
  },
});
const nothing: GoingOn = { request: () => false, operation: () => false };

async function entries(log: AuditFile, goingOn = nothing): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of readEntries(log.files, goingOn)) found.push(entry);
  return found;
}

await t.test('each change once, the newest first, with how it ended', async (t) => {
  const log = new AuditFile(t.testdir());
  t.teardown(() => log.close());
  t.strictSame(await entries(log), []);
  for (const line of [begun('a'), begun('b'), ended('b'), begun('c'), ended('a')]) await log.append(line);
  t.equal(statSync(log.path).mode & 0o777, 0o600);
  t.match(await entries(log), [
    { id: 'c', result: 'unfinished' },
    { id: 'b', result: 'succeeded', status: 200 },
    { id: 'a', result: 'succeeded', caller, from: '127.0.0.1' },
  ]);
  t.match(await entries(log, { ...nothing, request: (id) => id === 'c' }), [{ id: 'c', result: 'running' }]);
});

await t.test('long work ends as its operation does', async (t) => {
  const log = new AuditFile(t.testdir());
  t.teardown(() => log.close());
  for (const id of ['a', 'b', 'c']) {
    await log.append(begun(id));
    await log.append(ended(id, `of ${id}`));
  }
  await log.append({ phase: 'operation', at, operation: 'of a', result: 'succeeded' });
  await log.append({
    phase: 'operation',
    at,
    operation: 'of b',
    result: 'failed',
    problem: '/problems/x',
    detail: 'y',
  });
  t.match(await entries(log), [
    { id: 'c', result: 'unfinished' },
    { id: 'b', result: 'failed', problem: '/problems/x', detail: 'y' },
    { id: 'a', result: 'succeeded', operation: 'of a' },
  ]);
  t.match(await entries(log, { ...nothing, operation: () => true }), [{ id: 'c', result: 'running' }]);
});

await t.test('what a kill has cut off spoils nothing else', async (t) => {
  const state = t.testdir();
  const before = new AuditFile(state);
  await before.append(begun('a'));
  await before.close();
  appendFileSync(before.path, JSON.stringify(begun('torn')).slice(0, 40));
  const log = new AuditFile(state);
  t.teardown(() => log.close());
  t.match(await entries(log), [{ id: 'a' }]);
  await log.append(begun('b'));
  t.match(
    (await entries(log)).map(({ id }) => id),
    ['b', 'a'],
  );
});

await t.test('many at once are all there, in the order of their coming', async (t) => {
  const log = new AuditFile(t.testdir());
  t.teardown(() => log.close());
  const ids = Array.from({ length: 200 }, (_, i) => `n${i}`);
  await Promise.all(ids.map((id) => log.append(begun(id))));
  t.strictSame(
    (await entries(log)).map(({ id }) => id),
    ids.reverse(),
  );
});

await t.test('files are put away when they are full, and the oldest goes', async (t) => {
  const limits = { bytes: 1000, old: 2 };
  const state = t.testdir();
  const log = new AuditFile(state, limits);
  const ids = Array.from({ length: 40 }, (_, i) => `n${i}`);
  for (const id of ids) await log.append(begun(id));
  await log.close();
  t.notOk(existsSync(`${state}/audit.jsonl.3`));
  for (const path of log.files) t.ok(readFileSync(path).length < 1500);
  const found = (await entries(log)).map(({ id }) => id);
  t.strictSame(found, ids.reverse().slice(0, found.length), 'the newest, without a gap');
  t.ok(found.length > 10);
  const next = new AuditFile(state, limits);
  t.teardown(() => next.close());
  await next.append(begun('later'));
  t.equal((await entries(next))[0]?.id, 'later');
});

await t.test('a file that somebody puts away is not written to any more', async (t) => {
  const log = new AuditFile(t.testdir());
  t.teardown(() => log.close());
  await log.append(begun('a'));
  rmSync(log.path);
  await log.append(begun('b'));
  t.match(await entries(log), [{ id: 'b' }]);
});

await t.test('what cannot be written is said, to all whose lines it was', async (t) => {
  const state = `${t.testdir()}/state`;
  const log = new AuditFile(state);
  const lines = await Promise.allSettled([log.append(begun('a')), log.append(begun('b'))]);
  for (const line of lines) t.match(line, { status: 'rejected', reason: { type: 'state-unwritable' } });
  mkdirSync(state);
  await log.append(begun('c'));
  t.match(await entries(log), [{ id: 'c' }]);
  await log.close();
});
