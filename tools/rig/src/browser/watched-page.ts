/** A page in the browser that is watched: what must never happen in it is written down, whatever a test looks at. */
import type { ConsoleMessage, Page } from 'playwright-core';
import { tellViolations } from './in-page/tell-violations.js';

export class WatchedPage {
  readonly page: Page;
  readonly #faults: string[] = [];
  readonly #tolerated: RegExp[] = [];

  private constructor(page: Page) {
    this.page = page;
  }

  /** Before the page has gone anywhere. `origin`: the only one that it may ask. */
  static async watch(page: Page, origin: string): Promise<WatchedPage> {
    const watched = new WatchedPage(page);
    await page.addInitScript(tellViolations);
    page.on('console', (message) => {
      if (isFault(message)) watched.#fault(`console: ${message.text()} (${placeOf(message)})`);
    });
    page.on('pageerror', (error) => {
      watched.#fault(`uncaught: ${error.stack ?? error.message}`);
    });
    page.on('crash', () => {
      watched.#fault('the page has crashed');
    });
    page.on('dialog', (dialog) => {
      watched.#fault(`a dialog: ${dialog.type()} ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) watched.#fault(`asked for ${request.url()}`);
    });
    page.on('websocket', (socket) => {
      watched.#fault(`opened ${socket.url()}`);
    });
    return watched;
  }

  /** What has happened that must not. */
  get faults(): readonly string[] {
    return this.#faults.filter((fault) => !this.#tolerated.some((pattern) => pattern.test(fault)));
  }

  /** Of this page such a fault is no fault: a browser says itself that a server cannot be reached. */
  tolerate(pattern: RegExp): void {
    this.#tolerated.push(pattern);
  }

  #fault(fault: string): void {
    this.#faults.push(fault);
  }
}

/** What the browser says of a server that has been taken away. */
export const SERVER_AWAY = /net::ERR_(?:CONNECTION|INCOMPLETE_CHUNKED|EMPTY_RESPONSE|NETWORK)/;

function isFault(message: ConsoleMessage): boolean {
  return message.type() === 'error' || message.type() === 'warning';
}

function placeOf(message: ConsoleMessage): string {
  const { url, lineNumber } = message.location();
  return `${url}:${lineNumber}`;
}
