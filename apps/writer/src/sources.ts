/**
 * The acquisitions that this writer serves: a stream client for each, what they bring handed to the
 * intake, and what they no longer own closed in the database.
 */
import {
  StreamClient,
  type Clock,
  type Log,
  type ReceivedBatch,
  type StreamHandler,
} from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';

export interface SourcesOptions {
  readonly endpoints: readonly string[];
  readonly consumer: string;
  readonly run: string;
  readonly window: number;
  readonly take: (
    batch: ReceivedBatch,
    acknowledge: (session: string, seq: number) => void,
  ) => void;
  /** The sessions that a source owns or owes; every other session of it is over. */
  readonly listed: (source: string, sessions: readonly string[]) => void;
  /** Every source has been taken over by a newer run of this consumer. */
  readonly allFenced: () => void;
  readonly health: Health;
  readonly clock: Clock;
  readonly log: Log;
}

export class Sources {
  readonly #clients: StreamClient[];
  readonly #options: SourcesOptions;
  #fenced = 0;

  constructor(options: SourcesOptions) {
    this.#options = options;
    this.#clients = options.endpoints.map((endpoint) => this.#client(endpoint));
  }

  get figures(): object[] {
    return this.#clients.map(({ counters }, i) => ({
      endpoint: this.#options.endpoints[i],
      ...counters,
    }));
  }

  start(): void {
    for (const client of this.#clients) client.start();
  }

  /** Takes nothing more; the acknowledgements already given go out. */
  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.stop()));
  }

  #client(endpoint: string): StreamClient {
    const { consumer, run, window, clock, log } = this.#options;
    const client = new StreamClient({
      endpoint,
      consumer,
      run,
      window,
      clock,
      log,
      handler: this.#handler(endpoint, (session, seq) => {
        log.debug({ endpoint, session, seq }, 'acknowledged');
        client.acknowledge(session, seq);
      }),
    });
    return client;
  }

  #handler(endpoint: string, acknowledge: (session: string, seq: number) => void): StreamHandler {
    const { take, listed, health, log } = this.#options;
    const reason = `source_away:${endpoint}`;
    return {
      batch: (batch) => {
        take(batch, acknowledge);
      },
      welcome: listed,
      fenced: (source) => {
        this.#fenced++;
        health.clear(reason);
        log.info({ source, endpoint }, 'A newer run of this writer has taken over the source');
        if (this.#fenced === this.#clients.length) this.#options.allFenced();
      },
      connection: (state, why) => {
        if (state === 'connected') {
          health.clear(reason);
          log.info({ endpoint }, 'The source answers');
        } else if (state === 'refused') {
          health.raise(
            reason,
            'critical',
            `The source at ${endpoint} refuses this writer: ${why ?? 'no reason given'}`,
          );
        } else {
          health.raise(
            reason,
            'degraded',
            `No acquisition answers at ${endpoint} yet; it keeps its readings until one does`,
          );
        }
      },
    };
  }
}
