import type { Log } from '@elmetron/protocol';
import type { Health } from './health.js';

export interface HealthServerOptions {
  /** On 127.0.0.1; 0 = no page. */
  readonly port: number;
  readonly health: Health;
  readonly log: Log;
  /** How often a busy port is tried again. */
  readonly retryMs?: number;
}

/** `GET /health` on 127.0.0.1. */
export class HealthServer {
  /** Resolves when it listens or has found its port busy (a warning, tried again later). Never rejects. */
  static start(options: HealthServerOptions): Promise<HealthServer> {
    throw new Error(`not yet: ${options.port}`);
  }
  /** The port that it listens on; undefined while off or busy. */
  get port(): number | undefined {
    return undefined;
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
