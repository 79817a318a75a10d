import type { Page } from 'playwright-core';
import { Browser } from '../../test/e2e/browser.js';
import { Relay } from '../../test/e2e/relay.js';
import { goTo, signIn } from '../../test/e2e/stage.js';
import { describeMachine } from '../machine.js';
import { Stage } from '../stage.js';
import { noteLongTasks, scrollThrough, takeLongTasks, whenUsable } from './in-page.js';

const size = 1000;
const rounds = 5;

interface Row {
  what: string;
  /** ms, of each round */
  values: number[];
  /** The most that it may be, ms. */
  goal?: number;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const most = (values: number[]): number => Math.max(0, ...values);

function print({ what, values, goal }: Row): void {
  const worst = most(values);
  const met =
    goal === undefined
      ? ''
      : worst <= goal
        ? `  met: ≤ ${goal}`
        : `  short by ${(worst - goal).toFixed(0)} ms`;
  console.log(`${what.padEnd(62)} median ${median(values).toFixed(0)} ms, most ${worst.toFixed(0)} ms${met}`);
}

/** The longest task while something is done, ms; 0: none was over 50. */
async function longestTask(page: Page, work: () => Promise<unknown>): Promise<number> {
  await page.evaluate(takeLongTasks);
  await work();
  return most(await page.evaluate<number[]>(takeLongTasks));
}

async function round(url: string, token: string): Promise<number[]> {
  // a browser of its own: nothing is in its cache
  await using browser = await Browser.start({ viewport: { width: 1280, height: 900 } });
  const page = await browser.open(url);
  const usable = await page.evaluate<number>(whenUsable);
  await page.evaluate(noteLongTasks);
  const began = performance.now();
  await signIn(page, token);
  await page.getByText(String(2 * size), { exact: true }).waitFor(); // as many NICs are inactive
  const counted = performance.now() - began;
  await goTo(page, 'VMs');
  await page.getByText(`${size.toLocaleString('en')} of ${size.toLocaleString('en')} VMs`).waitFor();
  await page.getByRole('link', { name: 'vm-0', exact: true }).waitFor();
  const frames: number[] = [];
  const scrolling = await longestTask(page, async () => {
    frames.push(...(await page.evaluate<number[]>(scrollThrough)));
  });
  const sorting = await longestTask(page, async () => {
    await page.getByRole('button', { name: 'Name' }).click();
    await page.getByLabel('Search').fill('vm-99');
    await page.getByText('11 of 1,000 VMs').waitFor();
  });
  return [usable, counted, scrolling, most(frames), sorting];
}

await using stage = await Stage.start(size, ['service']);
const service = stage.peer('service');
await using relay = await Relay.to(service.socket);
const token = service.headers.authorization?.replace('Bearer ', '') ?? '';

const results: number[][] = [];
for (let i = 0; i < rounds; i++) results.push(await round(relay.url, token));
const column = (i: number): number[] => results.map((values) => values[i] ?? NaN);
const { cpu, cores, kernel, node } = await describeMachine();
console.log(
  `${cores} × ${cpu}, kernel ${kernel}, Node.js ${node}; ${size} VMs with two NICs each, ${rounds} rounds\n`,
);
print({ what: 'from asking for the page until it can be used', values: column(0), goal: 1000 });
print({ what: `from signing in to the verdicts of ${2 * size} NICs`, values: column(1) });
print({
  what: `longest task while ${size} VMs are scrolled (0: none over 50 ms)`,
  values: column(2),
  goal: 100,
});
print({ what: 'longest frame while they are scrolled', values: column(3) });
print({ what: 'longest task while they are sorted and searched', values: column(4), goal: 100 });
