/**
 * Listens for as long as the process lives. A port that another program has is no reason to end: it is said, and
 * tried again, as with the health pages; nothing that is recorded depends on it.
 */
import type { Log } from '@elmetron/protocol';
import { pageUrl } from '@elmetron/runtime';
import { DashboardError } from '../dashboard-error.js';
import type { App } from './app.js';

export interface PageServerParts {
  readonly host: string;
  readonly port: number;
  /** Makes it anew for each try. */
  readonly make: () => Promise<App>;
  readonly log: Log;
  /** How often a busy port is tried again; 5000. */
  readonly retryMs?: number;
}

const RETRY_MS = 5_000;

export class PageServer {
  readonly #parts: PageServerParts;
  #app: App | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(parts: PageServerParts) {
    this.#parts = parts;
  }

  /** Resolves when it listens, or has found its port busy. Rejects when the address is none of this computer. */
  static async start(parts: PageServerParts): Promise<PageServer> {
    const server = new PageServer(parts);
    await server.#listen(true);
    return server;
  }

  /** undefined while the port is busy. */
  get app(): App | undefined {
    return this.#app;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#app?.close();
  }

  async #listen(first: boolean): Promise<void> {
    const { host, port, make, log, retryMs = RETRY_MS } = this.#parts;
    const app = await make();
    try {
      await app.listen({ host, port });
    } catch (error) {
      await app.close();
      if (!(error instanceof Error && 'code' in error)) throw error;
      if (error.code !== 'EADDRINUSE') throw unusable(error, host, port);
      const message =
        `No page on ${host}:${port} for now: another program uses the port. ` +
        'It is tried again; to use another port, see [dashboard] in app.toml.';
      if (first) log.warn({ host, port }, message);
      this.#tryAgain(retryMs);
      return;
    }
    if (this.#closed) await app.close();
    else this.#app = app;
    log.info({ host, port }, `The page is on ${pageUrl(host, port)}`);
  }

  #tryAgain(ms: number): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => {
      this.#listen(false).catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'The page cannot be opened');
        this.#tryAgain(ms);
      });
    }, ms);
  }
}

function unusable(cause: Error & { code: unknown }, host: string, port: number): DashboardError {
  return new DashboardError(
    'address_unusable',
    `The page cannot be opened at ${host}:${port} (${String(cause.code)}): name an address of this computer in dashboard.host, and a port that this user may open.`,
    { cause },
  );
}
