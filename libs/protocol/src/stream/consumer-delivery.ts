/**
 * Everything that one hello of one consumer began: which run it is, over which peer it is reached,
 * and how far each session has been sent to it. A new hello makes a new one, so that whatever still
 * refers to an earlier hello (a send that comes back late, say) cannot disturb it.
 */
import { SessionDelivery } from './session-delivery.js';
import type { StreamSource } from './stream-source.js';

export interface DeliveryLimits {
  /** Most records and bytes in one batch. */
  readonly batchRecords: number;
  readonly batchBytes: number;
  /** Most bytes unacknowledged at one consumer, whatever its window. */
  readonly flightBytes: number;
}

/** The next lines for a consumer, counted as sent; `retract` takes that back. */
export interface Departure {
  readonly session: string;
  readonly prev: number;
  readonly first: number;
  readonly released: number;
  readonly lines: readonly Buffer[];
  readonly bytes: number;
  retract(): void;
}

export type AckResult = 'taken' | 'known' | 'unknown_session' | 'backwards' | 'above_sent';

/** At most so many sessions are named in a heartbeat. */
const UNACKNOWLEDGED_NAMED = 64;

export class ConsumerDelivery {
  readonly consumer: string;
  readonly run: string;
  readonly peer: string;
  readonly window: number;
  readonly #source: StreamSource;
  readonly #limits: DeliveryLimits;
  readonly #sessions = new Map<string, SessionDelivery>();
  #flightRecords = 0;
  #flightBytes = 0;

  constructor(
    hello: { consumer: string; run: string; window: number },
    peer: string,
    source: StreamSource,
    limits: DeliveryLimits,
  ) {
    this.consumer = hello.consumer;
    this.run = hello.run;
    this.window = hello.window;
    this.peer = peer;
    this.#source = source;
    this.#limits = limits;
  }

  /** Records that are sent and not acknowledged. */
  get inFlight(): number {
    return this.#flightRecords;
  }

  /** The next batch, of the oldest session that has one; undefined when nothing may be sent now. */
  next(): Departure | undefined {
    const records = Math.min(this.#limits.batchRecords, this.window - this.#flightRecords);
    const room = this.#limits.flightBytes - this.#flightBytes;
    if (records <= 0 || room <= 0) return undefined;
    for (const { session, startLine, last } of this.#source.sessions()) {
      const delivery = this.#delivery(session);
      if (delivery.sent >= last) continue;
      if (!delivery.started) return this.#start(session, delivery, startLine);
      const limit = { records, bytes: Math.min(this.#limits.batchBytes, room) };
      const departure = this.#batch(session, delivery, limit);
      if (departure !== undefined) return departure;
    }
    return undefined;
  }

  /** Takes an acknowledgement, and hands it to the source if it says something new and possible. */
  acknowledge(session: string, seq: number): AckResult {
    const delivery = this.#sessions.get(session);
    if (delivery === undefined) return 'unknown_session';
    if (seq > delivery.sent) return 'above_sent';
    if (seq === delivery.acknowledged) return 'known';
    if (seq < delivery.acknowledged) return 'backwards';
    this.#source.acknowledge(this.consumer, session, seq);
    const landed = delivery.acknowledge(seq);
    this.#flightRecords -= landed.records;
    this.#flightBytes -= landed.bytes;
    return 'taken';
  }

  /** What is sent and not acknowledged, oldest first. */
  unacknowledged(): { session: string; seq: number }[] {
    const named: { session: string; seq: number }[] = [];
    for (const [session, delivery] of this.#sessions) {
      if (delivery.inFlight > 0) named.push({ session, seq: delivery.sent });
      if (named.length === UNACKNOWLEDGED_NAMED) break;
    }
    return named;
  }

  /** The source neither owns nor owes these any more. */
  forget(sessions: Iterable<string>): void {
    for (const session of sessions) {
      const landed = this.#sessions.get(session)?.acknowledge(Infinity);
      this.#flightRecords -= landed?.records ?? 0;
      this.#flightBytes -= landed?.bytes ?? 0;
      this.#sessions.delete(session);
    }
  }

  #delivery(session: string): SessionDelivery {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const made = new SessionDelivery(this.#source.acknowledged(this.consumer, session));
    this.#sessions.set(session, made);
    return made;
  }

  /** The start line goes alone; already acknowledged, it is context and takes no room in the window. */
  #start(session: string, delivery: SessionDelivery, startLine: Buffer): Departure {
    const before = { sent: delivery.sent, started: false, departed: delivery.sent < 0 };
    const bytes = before.departed ? startLine.length + 1 : 0;
    delivery.started = true;
    if (before.departed) this.#depart(delivery, 0, 0, bytes);
    const { released } = delivery;
    const retract = () => this.#retract(delivery, before, before.departed ? 1 : 0, bytes);
    return { session, prev: -1, first: 0, released, lines: [startLine], bytes, retract };
  }

  #batch(
    session: string,
    delivery: SessionDelivery,
    limit: { records: number; bytes: number },
  ): Departure | undefined {
    const before = { sent: delivery.sent, started: true, departed: true };
    const read = this.#source.read(session, before.sent, limit);
    if (read === undefined || read.lines.length === 0) return undefined;
    const { first, lines } = read;
    if (first <= before.sent)
      throw new Error(`${session}: asked after ${before.sent}, got ${first}`);
    // Beyond what was sent, `prev` can only be what the source has let go of in the meantime.
    const prev = Math.max(read.prev, before.sent);
    if (prev > before.sent) delivery.released = prev;
    const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
    this.#depart(delivery, first, first + lines.length - 1, bytes);
    const { released } = delivery;
    const retract = () => this.#retract(delivery, before, lines.length, bytes);
    return { session, prev, first, released, lines, bytes, retract };
  }

  #depart(delivery: SessionDelivery, first: number, last: number, bytes: number): void {
    delivery.depart(first, last, bytes);
    this.#flightRecords += last - first + 1;
    this.#flightBytes += bytes;
  }

  #retract(
    delivery: SessionDelivery,
    before: { sent: number; started: boolean; departed: boolean },
    records: number,
    bytes: number,
  ): void {
    delivery.retract(before);
    this.#flightRecords -= records;
    this.#flightBytes -= bytes;
  }
}
