/**
 * `GET /health` and `GET /metrics`: what a process says of itself, for whoever watches it from the same
 * computer, a person or a program. It is never worth more than the capture: whatever goes wrong here is
 * logged and no more.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '@elmetron/protocol';
import type { Health } from './health.js';
import { exposition } from './metrics.js';

const RETRY_MS = 5_000;
/** A connection without its answer by then is given up: whoever holds one keeps others out. */
const SLOW_MS = 3_000;
/** The longest time that a timer can have. */
const NEVER_MS = 2 ** 31 - 1;

export interface HealthServerOptions {
  /** On 127.0.0.1; 0 = no page. */
  readonly port: number;
  readonly health: Health;
  readonly log: Log;
  /** How often a busy port is tried again; 5000. */
  readonly retryMs?: number;
  /** How long a connection may last; 3000. */
  readonly slowMs?: number;
}

export class HealthServer {
  readonly #options: HealthServerOptions;
  #server: Server | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: HealthServerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when it listens, or has found its port busy: that is a warning, and it is tried again,
   * because a writer that takes over from another one finds the port busy until the other has left.
   * Never rejects.
   */
  static async start(options: HealthServerOptions): Promise<HealthServer> {
    const page = new HealthServer(options);
    if (options.port !== 0) await page.#listen(true);
    return page;
  }

  /** The port that it listens on; undefined while it is off or the port is busy. */
  get port(): number | undefined {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return address?.port;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const server = this.#server;
    if (server?.listening !== true) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  #listen(first: boolean): Promise<void> {
    const { port, log, retryMs = RETRY_MS, slowMs = SLOW_MS } = this.#options;
    // Node would look for slow requests again and again, also while there is no connection at all.
    const server = createServer({ connectionsCheckingInterval: NEVER_MS }, (request, response) => {
      void this.#answer(request).then((answer) => {
        send(response, answer);
      });
    });
    server.maxConnections = 32;
    server.on('connection', (connection) => {
      const over = setTimeout(() => connection.destroy(), slowMs).unref();
      connection.once('close', () => clearTimeout(over));
    });
    this.#server = server;
    return new Promise((resolve) => {
      server.on('error', (error: NodeJS.ErrnoException) => {
        if (server.listening) {
          log.warn({ err: error }, 'The health page had an error');
          return;
        }
        const cause = error.code === 'EADDRINUSE' ? 'another program uses the port' : error.message;
        const message =
          `No health page on 127.0.0.1:${port} for now: ${cause}. ` +
          'It is tried again; to use another port, see [monitoring] in app.toml.';
        if (first) log.warn({ port }, message);
        if (!this.#closed)
          this.#retry = setTimeout(() => void this.#listen(false), retryMs).unref();
        resolve();
      });
      server.listen(port, '127.0.0.1', () => {
        // The page must not keep a process alive that has nothing else to do.
        server.unref();
        log.info({ port }, `Health page on http://127.0.0.1:${port}/health`);
        if (this.#closed) void this.close();
        resolve();
      });
    });
  }

  /** Never rejects. */
  async #answer({ headers, method, url = '' }: IncomingMessage): Promise<Answer> {
    // A web page elsewhere can make a browser here ask under its own name; only ours is answered.
    if (!/^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/i.test(headers.host ?? ''))
      return refusal(403, 'ask for 127.0.0.1 or localhost');
    if (method !== 'GET') return refusal(405, 'only GET');
    const { health, log } = this.#options;
    try {
      switch (url.replace(/\?.*$/, '')) {
        case '/health':
          return json(200, health.report());
        case '/metrics':
          return { status: 200, type: EXPOSITION, body: await exposition(health.metrics()) };
        default:
          return refusal(404, 'there is /health and /metrics');
      }
    } catch (error) {
      log.warn({ err: error }, 'The figures of the health page cannot be read');
      return refusal(500, 'the figures cannot be read; see the log');
    }
  }
}

const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function json(status: number, content: object): Answer {
  const type = 'application/json; charset=utf-8';
  return { status, type, body: `${JSON.stringify(content)}\n` };
}

function refusal(status: number, error: string): Answer {
  return json(status, { error });
}

/** One answer for each connection: nobody can hold one. */
function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET' } : {}),
    connection: 'close',
  });
  response.end(body);
}
