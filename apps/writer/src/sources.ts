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
  /** Another run of this consumer serves the source now. */
  readonly fenced: (source: string) => void;
  /** Every source has been taken over by a newer run of this consumer. */
  readonly allFenced: () => void;
  /** A client broke down: its handler threw. */
  readonly fatal: (error: unknown) => void;
  readonly health: Health;
  readonly clock: Clock;
  readonly log: Log;
}

export class Sources {
  readonly #clients: StreamClient[];
  readonly #options: SourcesOptions;
  /** Which endpoint each source's name was first heard from. */
  readonly #names = new Map<string, string>();
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
    for (const client of this.#clients) {
      client.stopped.catch(this.#options.fatal);
      client.start();
    }
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
    const { take, listed, fenced, allFenced, health, log } = this.#options;
    const reason = `source_away:${endpoint}`;
    return {
      batch: (batch) => {
        if (this.#isOwn(batch.source, endpoint)) take(batch, acknowledge);
      },
      welcome: (source, sessions) => {
        if (this.#isOwn(source, endpoint)) listed(source, sessions);
      },
      fenced: (source) => {
        this.#fenced++;
        fenced(source);
        health.clear(reason);
        log.info({ source, endpoint }, 'A newer run of this writer has taken over the source');
        if (this.#fenced === this.#clients.length) allFenced();
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

  /**
   * Two acquisitions of one name would close each other's sessions. The second one is not taken:
   * it keeps its readings in its spool until one of them has another name.
   */
  #isOwn(source: string, endpoint: string): boolean {
    const first = this.#names.get(source) ?? endpoint;
    this.#names.set(source, first);
    if (first === endpoint) return true;
    this.#options.health.raise(
      `duplicate_source:${endpoint}`,
      'critical',
      `The acquisitions at ${first} and ${endpoint} are both called ${source}: nothing is taken from the second. Give it another name (acquisition.source) and restart both.`,
    );
    return false;
  }
}
