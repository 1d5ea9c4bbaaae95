/**
 * Many acquisitions in one process, without meters and spools: real StreamServers, each with a session of
 * generated readings, made at the even pace of a meter at line rate and each a little after the other's.
 */
import { silentLog, StreamServer, systemClock } from '@elmetron/protocol';
import { GeneratedSource } from '@elmetron/rig';
import { quantile } from '../statistics.js';
import { LagBook } from './lag-book.js';

export interface FleetOptions {
  readonly endpoints: readonly string[];
  /** Of each source. */
  readonly perSecond: number;
  /** Before what counts: a writer that has just started compiles its code. */
  readonly warmSeconds: number;
  readonly seconds: number;
}

export interface FleetResult {
  readonly sessions: readonly { readonly session: string; readonly measurements: number }[];
  /** Of all sources together. */
  readonly madePerSecond: number;
  /** Milliseconds from the making of a record to its acknowledgement. */
  readonly lag: { readonly p50: number; readonly p99: number; readonly most: number };
  /** Records made and not acknowledged, of all sources together, at the worst moment. */
  readonly mostWaiting: number;
  /** Milliseconds after its time that a record was made, at the 99th percentile: this process's own doing. */
  readonly lateP99: number;
}

/** Consumers may be slow; one that stands still is not waited for. */
const ACKNOWLEDGED_WITHIN_MS = 60_000;

export class Fleet {
  readonly #options: FleetOptions;
  readonly #members: Member[] = [];
  readonly #lags: number[] = [];

  private constructor(options: FleetOptions) {
    this.#options = options;
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    for (const [i, endpoint] of options.endpoints.entries()) {
      fleet.#members.push(await Member.start(i, endpoint, options, fleet.#lags));
    }
    return fleet;
  }

  /** Every session has begun, and the consumer has its start. */
  get begun(): boolean {
    return this.#members.every(({ book }) => book.waiting === 0);
  }

  /** Makes all readings, in their time; `warm` is called when they begin to count. */
  async run(
    warm: () => void,
  ): Promise<{ madePerSecond: number; mostWaiting: number; lateP99: number }> {
    const { perSecond, warmSeconds } = this.#options;
    const interval = 1000 / perSecond;
    const each = readingsOf(this.#options);
    let counts = false;
    const began = performance.now();
    const late: number[] = [];
    let mostWaiting = 0;
    for (let left = this.#members.length * each; left > 0;) {
      const now = performance.now();
      if (!counts && now >= began + 1000 * warmSeconds) {
        counts = true;
        mostWaiting = 0;
        late.length = 0;
        warm();
      }
      for (const [i, member] of this.#members.entries()) {
        const offset = began + (i * interval) / this.#members.length;
        for (;;) {
          const due = offset + member.made * interval;
          if (member.made >= each || due > now) break;
          late.push(performance.now() - due);
          member.make(counts);
          left--;
        }
      }
      mostWaiting = Math.max(
        mostWaiting,
        this.#members.reduce((sum, { book }) => sum + book.waiting, 0),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const took = (performance.now() - began) / 1000;
    return {
      madePerSecond: (this.#members.length * each) / took,
      mostWaiting,
      lateP99: quantile(late, 0.99),
    };
  }

  /** Resolves when everything is acknowledged, or with what is when nothing moves any more. */
  async result(made: Awaited<ReturnType<Fleet['run']>>): Promise<FleetResult> {
    const end = performance.now() + ACKNOWLEDGED_WITHIN_MS;
    while (!this.begun && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const [p50, p99, most] = [0.5, 0.99, 1].map((q) => quantile(this.#lags, q));
    return {
      sessions: this.#members.map(({ source }) => ({
        session: source.session,
        measurements: source.durable,
      })),
      lag: { p50: p50 ?? NaN, p99: p99 ?? NaN, most: most ?? NaN },
      ...made,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ server }) => server.close({ drainMs: 0 })));
  }
}

/** Of each source, those before what counts among them. */
export function readingsOf({ perSecond, warmSeconds, seconds }: FleetOptions): number {
  return Math.round(perSecond * (warmSeconds + seconds));
}

class Member {
  readonly source: GeneratedSource;
  readonly server: StreamServer;
  readonly book: LagBook;
  made = 0;

  private constructor(source: GeneratedSource, server: StreamServer, book: LagBook) {
    this.source = source;
    this.server = server;
    this.book = book;
    // The start of the session; its files are made before anything is measured.
    book.made(NaN);
    source.offer(0);
  }

  static async start(
    i: number,
    endpoint: string,
    options: FleetOptions,
    lags: number[],
  ): Promise<Member> {
    const book = new LagBook(lags);
    const source = new GeneratedSource({
      source: `bench-${i + 1}`,
      measurements: readingsOf(options),
      intervalMs: 1000 / options.perSecond,
      ahead: false,
      startedAt: Date.now(),
      acknowledged: (seq) => book.acknowledged(seq, performance.now()),
    });
    const consumers = ['writer'];
    const shared = { clock: systemClock, log: silentLog };
    const server = await StreamServer.bind({ endpoint, source, consumers, ...shared });
    return new Member(source, server, book);
  }

  make(counts: boolean): void {
    this.made++;
    this.book.made(counts ? performance.now() : NaN);
    this.source.offer(this.made);
    this.server.wake();
  }
}
