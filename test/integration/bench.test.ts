import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { quick } from '../../bench/plan.js';
import { type Results, runBench } from '../../bench/run.js';
import { writeResults } from '../../bench/report.js';

// Whether the bench works: what it measures in so short a time, beside other tests, says nothing.

const { results, failures } = await runBench({ plan: quick, only: [] }, () => undefined);

await t.test('everyone who is measured has answered', (t) => {
  t.strictSame(failures, []);
  const who = new Set(results.rows.map((row) => row.who));
  for (const name of ['raw full', 'raw full4', 'virtwarden', 'fastapi', 'libvirt-dbus', 'virsh']) {
    t.ok(who.has(name), name);
  }
  t.end();
});

await t.test('each goal has a number, or its row is not there', (t) => {
  t.ok(results.goals.length > 15);
  for (const { name, value } of results.goals) {
    if (name.startsWith('short list') && value === null) continue;
    t.ok(Number.isFinite(value) && (value ?? 0) > 0, name);
  }
  t.end();
});

await t.test('the results are written in their form', async (t) => {
  const file = join(tmpdir(), `virtwarden-bench-${process.pid}.json`);
  t.teardown(() => rm(file, { force: true }));
  await writeResults(file, results);
  const written = JSON.parse(await readFile(file, 'utf8')) as Results;
  t.strictSame(Object.keys(written), ['machine', 'date', 'goals', 'rows']);
  t.strictSame(written, results);
  t.match(written.machine, { cpu: String, cores: Number, kernel: String, node: process.version });
  t.match(written.goals[0], { name: String, goal: String, value: Number, met: Boolean });
});
