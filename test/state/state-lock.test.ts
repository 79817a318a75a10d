import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { announcedAddress, StateLock } from '../../src/state/state-lock.js';

const source = new URL('../../src/state/state-lock.ts', import.meta.url).href;

await t.test('one at a time', async (t) => {
  const directory = `${t.testdir()}/deep/state`;
  const lock = await StateLock.take(directory, 0);
  t.ok(lock);
  t.equal(await StateLock.take(directory, 0), undefined);
  const next = StateLock.take(directory, 5000);
  lock?.[Symbol.dispose]();
  lock?.[Symbol.dispose]();
  const second = await next;
  t.ok(second, 'who waits gets it');
  second?.[Symbol.dispose]();
});

await t.test('its holder says where it listens; the next has not said so yet', async (t) => {
  const directory = t.testdir();
  t.equal(announcedAddress(directory), undefined);
  const lock = await StateLock.take(directory, 0);
  t.equal(announcedAddress(directory), undefined);
  lock?.announce('unix:/run/x');
  t.equal(announcedAddress(directory), 'unix:/run/x');
  lock?.[Symbol.dispose]();
  t.equal(announcedAddress(directory), undefined, 'it is gone, and so is its word');
  const next = await StateLock.take(directory, 0);
  t.equal(announcedAddress(directory), undefined);
  next?.[Symbol.dispose]();
});

await t.test('the lock of a process that was killed is free', async (t) => {
  const directory = t.testdir();
  const program = `
    const { StateLock } = await import(${JSON.stringify(source)});
    globalThis.lock = await StateLock.take(${JSON.stringify(directory)}, 0);
    console.log('locked');
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  t.equal(await StateLock.take(directory, 0), undefined);
  child.kill('SIGKILL');
  await once(child, 'close');
  const lock = await StateLock.take(directory, 0);
  t.ok(lock, 'at once');
  lock?.[Symbol.dispose]();
});

await t.test('a directory that cannot be made', async (t) => {
  await t.rejects(StateLock.take('/dev/null/state', 0), { message: /\/dev\/null\/state/ });
});
