/**
 * One configured consumer of a source: which run has it now and which runs had it before. Outlives
 * every connection, because a run that was displaced while it slept must find that out.
 */
import type { ConsumerDelivery } from './consumer-delivery.js';
import { isNewer } from './run-order.js';

/** So many displaced runs are remembered per consumer; beyond, the oldest are forgotten. */
const FENCED_RUNS = 10_000;

export class ConsumerSlot {
  readonly consumer: string;
  /** The run that said the newest hello, whether it is connected or not. */
  run: string | undefined;
  /** Set while that run is connected. */
  delivery: ConsumerDelivery | undefined;
  welcomeDue = false;
  heardAt = 0;
  heartbeatAt = 0;
  /** When the last batch went out, and since when something is owed without a break. */
  #batchAt = -Infinity;
  #owedAt = -Infinity;
  /** The socket took no more for this peer, or the source failed: nothing until the next tick. */
  heldBack = false;
  /** Highest number ever sent per session, to tell what is sent again. */
  readonly #highest = new Map<string, number>();
  readonly #fenced = new Set<string>();

  constructor(consumer: string) {
    this.consumer = consumer;
  }

  /** It was displaced, and not by an older run: that one must not keep it out. */
  isFenced(run: string): boolean {
    return this.#fenced.has(run) && !isNewer(run, this.run ?? run);
  }

  /** `run` takes the slot for good; returns the run that it displaces. */
  take(run: string): string | undefined {
    const displaced = this.run === run ? undefined : this.run;
    this.run = run;
    this.#fenced.delete(run);
    if (displaced === undefined) return undefined;
    this.#fenced.add(displaced);
    for (const oldest of this.#fenced) {
      if (this.#fenced.size <= FENCED_RUNS) break;
      this.#fenced.delete(oldest);
    }
    return displaced;
  }

  connect(delivery: ConsumerDelivery, now: number, heartbeatMs: number): void {
    this.delivery = delivery;
    this.welcomeDue = true;
    this.heldBack = false;
    this.heardAt = now;
    this.heartbeatAt = now + heartbeatMs;
    this.#batchAt = -Infinity;
    this.#owedAt = -Infinity;
  }

  /** A batch of so many records is out. */
  batchSent(records: number, now: number): void {
    this.#batchAt = now;
    // Nothing else is owed.
    if ((this.delivery?.inFlight ?? 0) <= records) this.#owedAt = now;
  }

  /**
   * A batch that is acknowledged says all that a heartbeat would, so that at one reading a second there are none: a
   * little more than an interval may then pass without one. While something is owed for an interval without a break
   * they come, whatever else flows: it may be what was lost.
   */
  heartbeatIsDue(now: number, heartbeatMs: number): boolean {
    const isOwed = (this.delivery?.inFlight ?? 0) > 0;
    const since = isOwed ? this.#owedAt + heartbeatMs : this.#batchAt + 1.5 * heartbeatMs;
    return now >= Math.max(this.heartbeatAt, since);
  }

  /** Records `first` to `last` were sent; how many of them not for the first time. */
  noteSent(session: string, first: number, last: number): number {
    const highest = this.#highest.get(session) ?? -1;
    this.#highest.set(session, Math.max(highest, last));
    return Math.max(0, Math.min(highest, last) - first + 1);
  }

  sessionsGone(sessions: readonly string[]): void {
    for (const session of sessions) this.#highest.delete(session);
    if (this.delivery === undefined) return;
    this.delivery.forget(sessions);
    this.welcomeDue = true;
  }
}
