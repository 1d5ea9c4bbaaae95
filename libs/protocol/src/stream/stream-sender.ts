/**
 * The source's end of the stream without its socket: who is connected, what each consumer gets
 * next, whose acknowledgements count. Messages come in by `receive`, time by `tick`; what is to be
 * sent is fetched by `next`, one message at a time, and its fate told by `settled`. It keeps no
 * queue of records: a batch is read from the source when it can be sent.
 */
import type { Clock, Log } from '../ports.js';
import { joinLines } from './batch-body.js';
import { Complaints } from './complaints.js';
import { ConsumerDelivery, type DeliveryLimits, type Departure } from './consumer-delivery.js';
import { ConsumerSlot } from './consumer-slot.js';
import { decodeConsumerMessage, encodeMessage, type RefusalCode } from './messages.js';
import type { SendOutcome } from './send-loop.js';
import { newSenderCounters, type SenderCounters } from './sender-counters.js';
import type { StreamSource } from './stream-source.js';
import { TurnedAway, type Displaced } from './turned-away.js';

export interface StreamSenderOptions extends Partial<DeliveryLimits> {
  readonly source: StreamSource;
  /** The consumers without whose acknowledgement nothing is let go; all others are refused. */
  readonly consumers: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly heartbeatMs?: number;
  /** A peer that has been silent for so long is forgotten until its next hello. */
  readonly silenceMs?: number;
}

export interface SenderOutgoing {
  readonly kind: 'welcome' | 'batch' | 'heartbeat' | 'fenced' | 'refused';
  /** The key that `receive` was called with. */
  readonly peer: string;
  readonly frames: readonly Buffer[];
  readonly delivery?: ConsumerDelivery;
  readonly departure?: Departure;
}

export interface ConsumerStatus {
  readonly consumer: string;
  readonly connected: boolean;
  /** The run that said the newest hello. */
  readonly run: string | undefined;
  /** Records sent and not acknowledged. */
  readonly inFlight: number;
}

export class StreamSender {
  readonly counters: SenderCounters = newSenderCounters();
  readonly #source: StreamSource;
  readonly #clock: Clock;
  readonly #complaints: Complaints;
  /** Comings and goings: a swap or two are told whole. */
  readonly #traffic: Complaints;
  readonly #limits: DeliveryLimits;
  readonly #heartbeatMs: number;
  readonly #silenceMs: number;
  readonly #slots: readonly ConsumerSlot[];
  readonly #byPeer = new Map<string, ConsumerSlot>();
  readonly #turnedAway: TurnedAway;
  #sessions = new Set<string>();
  #tickedAt: number;
  #turn = 0;

  constructor(options: StreamSenderOptions) {
    this.#source = options.source;
    this.#clock = options.clock;
    this.#complaints = new Complaints(options.log, options.clock);
    this.#traffic = new Complaints(options.log, options.clock, { most: 5 });
    this.#limits = {
      batchRecords: options.batchRecords ?? 1000,
      batchBytes: options.batchBytes ?? 1_048_576,
      flightBytes: options.flightBytes ?? 16_777_216,
    };
    this.#heartbeatMs = options.heartbeatMs ?? 1000;
    this.#silenceMs = options.silenceMs ?? 5000;
    this.#slots = [...new Set(options.consumers)].map((name) => new ConsumerSlot(name));
    this.#turnedAway = new TurnedAway(options.source.source);
    this.#tickedAt = this.#clock.monotonic();
  }

  /** A message of `peer`, an opaque key of where answers go; never throws for what a peer sends. */
  receive(peer: string, frames: readonly Buffer[]): void {
    const result = decodeConsumerMessage(frames);
    if (!result.ok) {
      if (result.code === 'unknown_version') this.#refuse(peer, result.code, result.reason);
      else this.#malformed(peer, result.reason);
      return;
    }
    const { message } = result;
    if (message.type === 'hello') {
      this.#hello(peer, message);
      return;
    }
    const slot = this.#byPeer.get(peer);
    if (slot?.delivery === undefined) {
      if (message.type === 'ack') this.counters.acksIgnored += 1;
      const displaced = this.#turnedAway.displacedAt(peer);
      if (displaced === undefined) this.#refuse(peer, 'hello_first', 'say hello first');
      else this.#fence(peer, displaced);
      return;
    }
    slot.heardAt = this.#clock.monotonic();
    slot.heldBack = false;
    if (message.type === 'ack') this.#ack(slot.delivery, message.session, message.seq);
  }

  /** Takes note of the time; to be called about as often as a heartbeat is due. */
  tick(): void {
    const now = this.#clock.monotonic();
    // A tick that comes late says that this process was held up, not that its peers were silent.
    const heldUp = now - this.#tickedAt > this.#silenceMs / 2;
    this.#tickedAt = now;
    for (const slot of this.#slots) {
      slot.heldBack = false;
      if (slot.delivery === undefined) continue;
      if (heldUp) slot.heardAt = now;
      if (now - slot.heardAt > this.#silenceMs) this.#forget(slot, slot.delivery, 'silent');
    }
    this.#guarded(undefined, () => this.#noteSessions());
  }

  /** The next message to send, if there is one now; consumers take turns. */
  next(): SenderOutgoing | undefined {
    const answer = this.#turnedAway.next();
    if (answer !== undefined) return answer;
    for (let tried = 0; tried < this.#slots.length; tried += 1) {
      const turn = (this.#turn + tried) % this.#slots.length;
      const slot = this.#slots[turn];
      if (slot?.delivery === undefined || slot.heldBack) continue;
      const { delivery } = slot;
      const outgoing = this.#guarded(slot, () => this.#nextOf(slot, delivery));
      if (outgoing === undefined) continue;
      this.#turn = turn + 1;
      return outgoing;
    }
    return undefined;
  }

  /** What became of a message that `next` gave. */
  settled(outgoing: SenderOutgoing, outcome: SendOutcome): void {
    const { kind, delivery, departure } = outgoing;
    if (outcome === 'queued') {
      this.#count(outgoing);
      return;
    }
    departure?.retract();
    const slot = delivery === undefined ? undefined : this.#byPeer.get(delivery.peer);
    if (slot === undefined || delivery === undefined || slot.delivery !== delivery) return;
    if (outcome === 'gone') {
      this.#forget(slot, delivery, 'gone');
      return;
    }
    this.counters.full += 1;
    slot.heldBack = true;
    if (kind === 'welcome') slot.welcomeDue = true;
  }

  /** All peers are being let go of, because of the memory that some of them take. */
  overfull(): void {
    this.counters.overfull += 1;
    this.#complaints.warn('overfull', {}, 'Peers take too much memory: all connections are closed');
    for (const slot of this.#slots) {
      if (slot.delivery !== undefined) this.#forget(slot, slot.delivery, 'overfull');
    }
  }

  /** Whether every consumer has acknowledged everything. */
  drained(): boolean {
    const acknowledged = () =>
      this.#source
        .sessions()
        .every(({ session, last }) =>
          this.#slots.every(({ consumer }) => this.#source.acknowledged(consumer, session) >= last),
        );
    return this.#guarded(undefined, acknowledged) ?? false;
  }

  consumers(): ConsumerStatus[] {
    return this.#slots.map(({ consumer, run, delivery }) => ({
      consumer,
      connected: delivery !== undefined,
      run,
      inFlight: delivery?.inFlight ?? 0,
    }));
  }

  /**
   * The newest hello of a consumer wins, whether it is the same run again or another one; but a run that
   * was displaced wins only against an older one.
   */
  #hello(peer: string, hello: { consumer: string; run: string; window: number }): void {
    const { consumer, run } = hello;
    const slot = this.#slots.find((known) => known.consumer === consumer);
    if (slot === undefined) {
      const names = this.#slots.map((known) => known.consumer).join(', ');
      this.#refuse(
        peer,
        'unknown_consumer',
        `source ${this.#source.source} knows no consumer "${consumer}", only: ${names}; ` +
          `name it in acquisition.consumers there, or change writer.consumer here`,
      );
      return;
    }
    if (slot.isFenced(run)) {
      this.#turnedAway.displaced(peer, { run, consumer });
      this.#fence(peer, { run, consumer });
      return;
    }
    this.counters.hellos += 1;
    this.#turnedAway.admit(peer);
    const other = this.#byPeer.get(peer);
    if (other !== undefined) other.delivery = undefined;
    const before = slot.delivery;
    if (before !== undefined) this.#byPeer.delete(before.peer);
    const displaced = slot.take(run);
    if (displaced !== undefined) {
      const fields = { consumer, run, displaced };
      this.#traffic.info('displaced', fields, 'A newer run of the consumer has taken over');
      if (before !== undefined && before.peer !== peer) {
        this.#turnedAway.displaced(before.peer, { run: displaced, consumer });
        this.#fence(before.peer, { run: displaced, consumer });
      }
    }
    this.#byPeer.set(peer, slot);
    slot.connect(
      new ConsumerDelivery(hello, peer, this.#source, this.#limits),
      this.#clock.monotonic(),
      this.#heartbeatMs,
    );
  }

  #ack(delivery: ConsumerDelivery, session: string, seq: number): void {
    const { consumer } = delivery;
    this.#guarded(undefined, () => {
      const result = delivery.acknowledge(session, seq);
      if (result === 'taken') {
        this.counters.acks += 1;
        this.#noteSessions();
      } else if (result !== 'known') {
        this.counters.acksIgnored += 1;
        this.#complaints.warn(result, { consumer, session, seq }, 'Ignored an acknowledgement');
      }
    });
  }

  #nextOf(slot: ConsumerSlot, delivery: ConsumerDelivery): SenderOutgoing | undefined {
    const { peer } = delivery;
    if (slot.welcomeDue) {
      this.#noteSessions();
      const sessions = this.#source.sessions().map(({ session, last }) => ({ session, last }));
      slot.welcomeDue = false;
      const frame = encodeMessage({ type: 'welcome', source: this.#source.source, sessions });
      return { kind: 'welcome', peer, frames: [frame], delivery };
    }
    const now = this.#clock.monotonic();
    if (slot.heartbeatIsDue(now, this.#heartbeatMs)) {
      slot.heartbeatAt = now + this.#heartbeatMs;
      const unacknowledged = delivery.unacknowledged();
      const frame = encodeMessage({ type: 'heartbeat', unacknowledged });
      return { kind: 'heartbeat', peer, frames: [frame], delivery };
    }
    const departure = delivery.next();
    if (departure === undefined) return undefined;
    const { session, prev, first, released, lines } = departure;
    const count = lines.length;
    const frame = encodeMessage({ type: 'batch', session, prev, first, count, released });
    return { kind: 'batch', peer, frames: [frame, joinLines(lines)], delivery, departure };
  }

  #count({ kind, delivery, departure }: SenderOutgoing): void {
    if (kind === 'welcome') this.counters.welcomes += 1;
    if (kind === 'heartbeat') this.counters.heartbeats += 1;
    if (delivery === undefined || departure === undefined) return;
    const { session, first, lines } = departure;
    this.counters.batches += 1;
    this.counters.records += lines.length;
    const slot = this.#slots.find((known) => known.consumer === delivery.consumer);
    if (slot?.delivery === delivery) slot.batchSent(lines.length, this.#clock.monotonic());
    const again = slot?.noteSent(session, first, first + lines.length - 1) ?? 0;
    this.counters.redelivered += again;
  }

  /** When sessions have gone from the source, every connected consumer is told. */
  #noteSessions(): void {
    const sessions = new Set(this.#source.sessions().map(({ session }) => session));
    const gone = [...this.#sessions].filter((session) => !sessions.has(session));
    this.#sessions = sessions;
    if (gone.length === 0) return;
    for (const slot of this.#slots) slot.sessionsGone(gone);
  }

  #forget(
    slot: ConsumerSlot,
    delivery: ConsumerDelivery,
    why: 'silent' | 'gone' | 'overfull',
  ): void {
    const { consumer, run, peer } = delivery;
    this.#byPeer.delete(peer);
    slot.delivery = undefined;
    this.counters.forgotten += 1;
    this.#traffic.info(why, { consumer, run, why }, 'A consumer is no longer connected');
  }

  #fence(peer: string, { run, consumer }: Displaced): void {
    this.counters.fenced += 1;
    const by = this.#slots.find((slot) => slot.consumer === consumer)?.run ?? run;
    this.#turnedAway.fence(peer, run, by);
  }

  #refuse(peer: string, code: RefusalCode, reason: string): void {
    this.counters.refused += 1;
    if (code !== 'hello_first') this.#complaints.warn(code, { peer, reason }, 'Refused a consumer');
    this.#turnedAway.refuse(peer, code, reason);
  }

  #malformed(peer: string, reason: string): void {
    this.counters.malformed += 1;
    this.#complaints.warn('malformed', { peer, reason }, 'Ignored a message not of the stream');
  }

  /** A source that fails (its disk, say) holds the stream up; it must not end it. */
  #guarded<T>(slot: ConsumerSlot | undefined, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.counters.sourceErrors += 1;
      if (slot !== undefined) slot.heldBack = true;
      this.#complaints.warn('source', { err: error }, 'The spool failed the stream; trying again');
      return undefined;
    }
  }
}
