import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's, which downloads nothing and asks nobody. */
const executablePath = '/usr/bin/chromium';
const args = [
  '--no-sandbox', // which root cannot have
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser with a profile of its own, which is gone afterwards. */
export class Browser implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #profile: string;
  /** What pages have written to the console as errors, and what they threw. */
  readonly errors: string[] = [];

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  static async start(options: BrowserContextOptions = {}): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), 'vw-browser-'));
    const context = await chromium.launchPersistentContext(profile, { executablePath, args, ...options });
    return new Browser(context, profile);
  }

  async open(url: string): Promise<Page> {
    const page = await this.#context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
    await page.goto(url);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    await rm(this.#profile, { recursive: true, force: true });
  }
}
