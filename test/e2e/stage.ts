import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startHost, type TestHost } from '../hosts/index.js';
import { Service } from '../integration/service.js';
import { Browser } from './browser.js';
import { Relay } from './relay.js';

/** A host, the service on it, and a browser that reaches it. */
export class Stage implements AsyncDisposable {
  readonly host: TestHost;
  readonly service: Service;
  readonly relay: Relay;
  readonly browser: Browser;
  /** An admin's. */
  readonly token: string;

  private constructor(host: TestHost, service: Service, relay: Relay, browser: Browser, token: string) {
    this.host = host;
    this.service = service;
    this.relay = relay;
    this.browser = browser;
    this.token = token;
  }

  static async start(options?: BrowserContextOptions): Promise<Stage> {
    const host = await startHost();
    const service = await Service.start(host);
    const relay = await Relay.to(service.socket);
    return new Stage(
      host,
      service,
      relay,
      await Browser.start(options),
      (await host.run('cat', [join(host.dir, 'state/admin.token')])).trim(),
    );
  }

  /** The page, with somebody signed in. */
  async signedIn(token = this.token): Promise<Page> {
    const page = await this.browser.open(this.relay.url);
    await signIn(page, token);
    await page.getByText('live', { exact: true }).waitFor();
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    await this.relay[Symbol.asyncDispose]();
    await this.service[Symbol.asyncDispose]();
    await this.host.stop();
  }
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Follows a link of the main navigation. */
export const goTo = (page: Page, room: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: room, exact: true }).click();

/** What a NIC is shown as on its VM's page. */
export const nicOf = (page: Page, mac: string) => page.getByRole('region', { name: `NIC ${mac}` });

/** Presses a button of the dialog that is open, and waits until it has gone. */
export async function answer(page: Page, button: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}
