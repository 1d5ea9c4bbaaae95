/**
 * A real Chromium without a window. Each has a directory of its own that goes with it; `close()` ends it with all
 * its pages.
 */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { findChromium } from './find-chromium.js';
import { WatchedPage } from './watched-page.js';

/** Nothing of the browser itself may ask the network for anything. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Of a desk and of a pocket. */
export const DESKTOP = { width: 1280, height: 800 } as const;
export const PHONE = { width: 390, height: 844 } as const;

export interface PageOptions extends Omit<BrowserContextOptions, 'baseURL'> {
  /** From the origin on; the page is opened there. */
  readonly path?: string;
}

export class TestBrowser {
  readonly #browser: Browser;
  readonly #pages: WatchedPage[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(flags: readonly string[] = []): Promise<TestBrowser> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error('there is no chromium here');
    const { chromium } = await import('playwright-core');
    const args = [...FLAGS, ...flags];
    // Else it ends this process at a signal, before what runs beside the browser has been ended.
    const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    return new TestBrowser(
      await chromium.launch({ executablePath, headless: true, args, ...signals }),
    );
  }

  /** Opens a page of its own: no cookie, no store, no cache of another. */
  async open(origin: string, options: PageOptions = {}): Promise<WatchedPage> {
    const { path = '/', ...context } = options;
    const own = await this.#browser.newContext({
      viewport: DESKTOP,
      locale: 'en-GB',
      timezoneId: 'Europe/Warsaw',
      reducedMotion: 'reduce',
      ...context,
    });
    const page = await WatchedPage.watch(await own.newPage(), origin);
    this.#pages.push(page);
    await page.page.goto(origin + path);
    return page;
  }

  /** What has happened in any of its pages that must not. */
  get faults(): readonly string[] {
    return this.#pages.flatMap(({ faults }) => faults);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
