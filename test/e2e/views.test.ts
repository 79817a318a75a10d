import { join } from 'node:path';
import t from 'tap';
import type { Page } from 'playwright-core';
import { ethernet, Guest } from '../hosts/index.js';
import { onBridge } from '../integration/service.js';
import { violationsOf } from './axe.js';
import { goTo, nicOf, Stage } from './stage.js';

/** Where pictures of the views go, if somewhere: `npm run screenshots`. */
const pictures = process.env.SCREENSHOTS;
const mac = '52:54:00:00:00:01';

const stage = await Stage.start({ viewport: { width: 1024, height: 680 } });
t.teardown(() => stage[Symbol.asyncDispose]());
const { service, browser, host } = stage;
await service.create('web1', [onBridge(mac)]);
const strict = { filters: ['virtwarden-strict-ipv4'], filterParameters: [{ name: 'IP', value: '10.0.0.2' }] };
await service.create('db1', [{ ...onBridge(), ...strict }], { start: false });
await service.create('router', [{ ...onBridge(), filters: [], trust: { reason: 'it is the router' } }], {
  start: false,
});
const guest = await (await Guest.attach(host, 'web1')).ready();
await guest.up('eth0');
await guest.flood('eth0', [ethernet({ src: '52:54:00:00:00:99', type: 0x88b5 })], { intervalUs: 20_000 });

interface View {
  name: string;
  /** Goes there, and waits until all is shown. */
  open: (page: Page) => Promise<unknown>;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first().click();

const views: View[] = [
  {
    name: 'glance',
    open: async (page) => {
      await goTo(page, 'At a glance');
      await page.getByText('spoof.dropped').first().waitFor();
      await page.getByText('connected', { exact: true }).waitFor();
    },
  },
  {
    name: 'vms',
    open: async (page) => {
      await goTo(page, 'VMs');
      await page.getByRole('cell', { name: 'enforced' }).waitFor();
    },
  },
  {
    name: 'vm',
    open: async (page) => {
      await follow(page, 'web1');
      await nicOf(page, mac).getByText('enforced', { exact: true }).waitFor();
      await nicOf(page, mac)
        .getByText(/rules in the kernel/)
        .click();
      await nicOf(page, mac).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'change-filters',
    open: async (page) => {
      await nicOf(page, mac).getByRole('button', { name: 'Change filters' }).click();
      await page.getByRole('dialog').getByLabel('Parameters').waitFor();
    },
  },
  {
    name: 'new-vm',
    open: async (page) => {
      await page.getByRole('button', { name: 'Cancel' }).click();
      await goTo(page, 'VMs');
      await follow(page, 'Create a VM');
      await heading(page, 'Create a VM');
    },
  },
  {
    name: 'filters',
    open: async (page) => {
      await goTo(page, 'Filters');
      await page.getByRole('link', { name: 'clean-traffic', exact: true }).waitFor();
    },
  },
  {
    name: 'filter',
    open: async (page) => {
      await follow(page, 'virtwarden-strict-ipv4');
      await page.getByRole('link', { name: 'db1' }).waitFor();
      await page.getByRole('button', { name: 'Show the rules' }).click();
      await page.getByRole('region', { name: 'Rules of virtwarden-strict-ipv4' }).waitFor();
    },
  },
  {
    name: 'attack-matrix',
    open: async (page) => {
      await follow(page, 'Beside the others');
      await page.getByRole('region', { name: 'Attack matrix' }).waitFor();
    },
  },
  {
    name: 'new-filter',
    open: async (page) => {
      await goTo(page, 'Filters');
      await follow(page, 'Create a filter');
      await page.getByText('The service would take it.').waitFor();
    },
  },
];

/** Those that docs/web.md shows. */
const pictured = [
  'glance-light',
  'glance-dark',
  'glance-narrow',
  'vms-light',
  'vm-light',
  'vm-dark',
  'vm-narrow',
  'attack-matrix-light',
];

async function picture(page: Page, name: string): Promise<void> {
  if (pictures !== undefined && pictured.includes(name))
    await page.screenshot({ path: join(pictures, `${name}.png`) });
}

await t.test('what axe is to find, it finds', async (t) => {
  const page = await browser.open(stage.relay.url);
  await page.evaluate("document.querySelector('main').append(document.createElement('img'))");
  t.match(await violationsOf(page), [/^image-alt: /]);
  await page.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  await t.test(`in ${colorScheme} colours axe finds nothing`, async (t) => {
    const page = await browser.open(stage.relay.url);
    await page.emulateMedia({ colorScheme });
    t.strictSame(await violationsOf(page), [], 'sign-in');
    await page.close();
    const signedIn = await stage.signedIn();
    await signedIn.emulateMedia({ colorScheme });
    for (const { name, open } of views) {
      await open(signedIn);
      t.strictSame(await violationsOf(signedIn), [], name);
      await picture(signedIn, `${name}-${colorScheme}`);
    }
    await signedIn.close();
  });
}

await t.test('a phone needs no scrolling to the side', async (t) => {
  const page = await stage.signedIn();
  await page.setViewportSize({ width: 360, height: 740 });
  for (const { name, open } of views) {
    await open(page);
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), name);
    await picture(page, `${name}-narrow`);
  }
});

await t.test('the browser had nothing to complain of', (t) => {
  t.strictSame(browser.errors, []);
  t.end();
});
