/**
 * The acquisitions that this writer serves: a stream client for each, what they bring handed to the
 * intake, and what they no longer own closed in the database.
 */
import {
  PeerMemory,
  StreamClient,
  type Clock,
  type Log,
  type ReceivedBatch,
  type ReceiverCounters,
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
  /** What the source listed holds no longer: another run serves it, or its endpoint has another name. */
  readonly forget: (source: string) => void;
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
  /** One for all: it is the process that grows. */
  readonly #memory = new PeerMemory();
  /** Which endpoint each source's name was first heard from; an endpoint has one name at a time. */
  readonly #names = new Map<string, string>();
  #fenced = 0;

  constructor(options: SourcesOptions) {
    this.#options = options;
    this.#clients = options.endpoints.map((endpoint) => this.#client(endpoint));
  }

  get figures(): ({ readonly endpoint: string } & Readonly<ReceiverCounters>)[] {
    return this.#clients.map(({ counters }, i) => ({
      endpoint: this.#options.endpoints[i] ?? '',
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
      memory: this.#memory,
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
    const { take, listed, forget, allFenced, health, log } = this.#options;
    return {
      wants: (source) => this.#isOwn(source, endpoint),
      batch: (batch) => {
        take(batch, acknowledge);
      },
      welcome: listed,
      fenced: (source) => {
        this.#fenced++;
        forget(source);
        this.#over(endpoint);
        const message = `A newer run of this writer has taken over ${source} at ${endpoint}: in a swap nothing is to be done; else give one of the two another name (writer.consumer)`;
        if (this.#fenced < this.#clients.length) {
          health.raise('fenced', message, { about: endpoint });
          return;
        }
        log.info({ source, endpoint }, message);
        allFenced();
      },
      connection: (state, why) => {
        if (state === 'connected') {
          health.clear('source_away', endpoint);
          health.clear('source_refused', endpoint);
          log.info({ endpoint }, 'The source answers');
        } else if (state === 'refused') {
          health.clear('source_away', endpoint);
          health.raise(
            'source_refused',
            `The source at ${endpoint} refuses this writer: ${why ?? 'no reason given'}`,
            { about: endpoint },
          );
        } else {
          this.#forgetAll(endpoint);
          this.#over(endpoint);
          health.raise(
            'source_away',
            `No acquisition answers at ${endpoint}: start it; its readings wait in its spool`,
            { about: endpoint },
          );
        }
      },
    };
  }

  /**
   * Two acquisitions of one name would close each other's sessions. The second one is not taken:
   * it keeps its readings in its spool until one of them has another name. Handed out and dropped
   * here, they would count as taken, and go with the first acknowledgement under the other name.
   */
  #isOwn(source: string, endpoint: string): boolean {
    this.#forgetOther(source, endpoint);
    const first = this.#names.get(source) ?? endpoint;
    this.#names.set(source, first);
    if (first === endpoint) {
      this.#options.health.clear('duplicate_source', endpoint);
      return true;
    }
    this.#options.health.raise(
      'duplicate_source',
      `The acquisitions at ${first} and ${endpoint} are both called ${source}: nothing is taken from the second. Give it another name (acquisition.source) and restart it.`,
      { about: endpoint },
    );
    return false;
  }

  /** What an acquisition of another name listed here before is as old as if it had been taken over. */
  #forgetOther(source: string, endpoint: string): void {
    for (const [name, from] of this.#names) {
      if (from !== endpoint || name === source) continue;
      this.#names.delete(name);
      this.#options.forget(name);
    }
  }

  /** Nobody knows what it owns now, or whether another writer serves it; it says so when it answers. */
  #forgetAll(endpoint: string): void {
    for (const [name, from] of this.#names) if (from === endpoint) this.#options.forget(name);
  }

  /** What was wrong with a source that is not there any more, or another's. */
  #over(endpoint: string): void {
    const { health } = this.#options;
    health.clear('source_away', endpoint);
    health.clear('source_refused', endpoint);
    health.clear('duplicate_source', endpoint);
  }
}
