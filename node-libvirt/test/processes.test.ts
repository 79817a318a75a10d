import t from 'tap';
import { addonPath, runProcess } from './helpers.js';

const clean = { code: 0, signal: null, stderr: '' };

await t.test('a process with a connection, a domain and events ends by itself', async (t) => {
  const ended = await runProcess(`
    const connection = await open();
    const domain = await connection.lookupDomainByName('test');
    await connection.domainEventRegister('lifecycle', () => undefined);
    connection.onClose(() => undefined);
    await domain.suspend();
    console.log('end');`);
  t.match(ended, { ...clean, stdout: 'end\n' });
});

await t.test('pending calls hold the process until they have settled', async (t) => {
  const ended = await runProcess(`
    const connection = await open();
    connection.getHostname().then(() => connection.close()).then((left) => console.log('left', left));`);
  t.match(ended, { ...clean, stdout: 'left 0\n' });
});

// What calls in flight hold when the process exits is no leak; and looking for leaks means stopping all threads, which
// when it fails ends the process with another code than its own.
const exits = { ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=0` };

await t.test('process.exit with calls in flight and events on', async (t) => {
  for (let round = 0; round < 5; round++) {
    const ended = await runProcess(
      `
      const connection = await open();
      const domain = await connection.lookupDomainByName('test');
      await connection.domainEventRegister('lifecycle', () => undefined);
      for (let i = 0; i < 500; i++) {
        domain.suspend().catch(() => undefined);
        domain.resume().catch(() => undefined);
        connection.getAllDomainsXML();
        open();
      }
      await connection.getHostname();
      process.exit(7);`,
      exits,
    );
    t.match(ended, { code: 7, signal: null, stderr: '' });
  }
});

await t.test('a listener that throws is an uncaught exception, and does not stop the others', async (t) => {
  const ended = await runProcess(`
    const connection = await open();
    process.on('uncaughtException', (error) => console.log(error.message));
    const hold = setInterval(() => undefined, 1000);
    const domain = await connection.lookupDomainByName('test');
    await connection.domainEventRegister('lifecycle', () => { throw new Error('thrown'); });
    await connection.domainEventRegister('lifecycle', () => { console.log('heard'); clearInterval(hold); });
    await domain.suspend();`);
  t.match(ended, { ...clean, stdout: 'heard\nthrown\n' });
});

const worker = (body: string): string => `
  import { Worker } from 'node:worker_threads';
  const source = ${JSON.stringify(`
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const lv = require(workerData);
      const connection = await lv.Connection.open('test:///default', false, 5, 0, 0, 2);
      const domain = await connection.lookupDomainByName('test');
      await connection.domainEventRegister('lifecycle', () => undefined, null);
      ${body}
    })();`)};
  const start = () => new Promise((resolve, reject) => {
    const workerData = '${addonPath}';
    const worker = new Worker(source, { eval: true, workerData, execArgv: [] });
    worker.on('message', (ms) => setTimeout(() => worker.terminate(), ms));
    worker.on('error', reject);
    worker.on('exit', resolve);
  });`;

await t.test('workers that end by themselves, exit, or are terminated, with calls in flight', async (t) => {
  const load = `for (let i = 0; i < 200; i++) {
        domain.suspend().catch(() => undefined);
        domain.resume().catch(() => undefined);
        connection.getAllDomainsXML(0, 0, false).catch(() => undefined);
      }`;
  for (const [how, end] of [
    ['by itself', ''],
    ['process.exit', 'process.exit(0);'],
    ['terminated', "parentPort.postMessage(0); parentPort.on('message', () => undefined);"],
  ] as const) {
    const ended = await runProcess(`${worker(load + end)}
      // The main thread's own connection lives on, and sees the workers' references go.
      const connection = await open();
      for (let i = 0; i < 5; i++) await Promise.all([start(), start(), start()]);
      const domain = await connection.lookupDomainByName('test');
      await domain.getState();
      console.log('left', await connection.close());`);
    t.match(ended, { ...clean, stdout: 'left 0\n' }, how);
  }
});

// Termination falls into any of the addon's functions: into one that JS has called, and into the delivery of results.
await t.test('workers terminated at any moment, in the middle of calls', async (t) => {
  const again = `(function again() {
        for (let i = 0; i < 5; i++) connection.getAllDomainsXML(0, 0, false).catch(() => undefined);
        domain.suspend().catch(() => undefined);
        setImmediate(again);
      })();`;
  const ended = await runProcess(`${worker(`${again} parentPort.postMessage(Math.random() * 15);`)}
    for (let i = 0; i < 20; i++) await Promise.all([start(), start()]);
    console.log('end');`);
  t.match(ended, { ...clean, stdout: 'end\n' });
});
