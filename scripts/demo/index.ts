import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { guestImage, startHost, type TestHost } from '../../test/hosts/index.js';
import { Unexpected } from './expected.js';
import { remove } from './remove.js';
import { say } from './screen.js';
import { story } from './story.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const defaultSeconds = 45;

/** For how long the liar is to send; undefined where that is not said rightly. */
function secondsWanted(): number | undefined {
  try {
    const { values } = parseArgs({ options: { seconds: { type: 'string' } } });
    const seconds = Number(values.seconds ?? defaultSeconds);
    return Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600 ? seconds : undefined;
  } catch {
    return undefined;
  }
}

/** The exit code for the first signal that asks for the end. Ctrl-C comes twice, from the terminal and from npm. */
function interruption(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      process.on(signal, () => resolve(128 + constants.signals[signal]));
    }
  });
}

async function start(): Promise<TestHost> {
  say('host', "a libvirt host of its own starts; this machine's libvirt is not touched");
  const slow = setTimeout(
    () => say('host', "its guests' image is made first, once: this takes a while"),
    2000,
  );
  try {
    await guestImage();
  } finally {
    clearTimeout(slow);
  }
  return startHost({ name: 'demo' });
}

function failed(error: unknown): number {
  say('WRONG', error instanceof Unexpected ? error.message : String(error));
  return 1;
}

async function demo(seconds: number): Promise<number> {
  const interrupted = interruption();
  const ending = new AbortController();
  const host = start();
  const told = host.then((host) => story(host, seconds, ending.signal)).then(() => 0);
  const code = await Promise.race([told, interrupted]).catch(failed);
  ending.abort();
  const started = await host.catch(() => undefined);
  return started === undefined ? code : await remove(started).then(() => code, failed);
}

const seconds = secondsWanted();
if (seconds === undefined) {
  console.error('virtwarden: npm run demo takes -- --seconds N: for how long the liar sends, 1 to 3600');
}
// What was interrupted may still wait for something; nobody is interested any more.
process.exit(seconds === undefined ? 2 : await demo(seconds));
