/**
 * A source, its consumers and the links between them in memory, with everything that can go wrong:
 * lost messages, cut links, full queues, restarts of either side, frozen and displaced runs, damaged
 * spools. It checks on every step what the stream promises, and throws when a promise is broken.
 */
import { silentLog } from '../../ports.js';
import { joinLines } from '../batch-body.js';
import type { ReceivedBatch, StreamHandler } from '../stream-handler.js';
import { StreamReceiver } from '../stream-receiver.js';
import { StreamSender } from '../stream-sender.js';
import { lineOf, MemorySource } from './memory-source.js';
import { OwnedClock } from './owned-clock.js';

export const WINDOW = 12;

/** One life of a consumer, with its own view of every session. */
export interface Life {
  readonly consumer: string;
  readonly run: string;
  readonly receiver: StreamReceiver;
  /** Highest number handed out and highest made durable, per session. */
  readonly last: Map<string, number>;
  readonly durable: Map<string, number>;
  /** What was handed out and is not durable yet, per session. */
  readonly volatile: Map<string, number[]>;
  peer: string;
  toSource: Buffer[][];
  toConsumer: (readonly Buffer[])[];
  full: boolean;
  frozen: boolean;
  fenced: boolean;
  /** The sessions of the last welcome. */
  listed: readonly string[];
}

export class StreamWorld {
  readonly clock = new OwnedClock();
  readonly source = new MemorySource(['writer', 'mirror']);
  lives: Life[] = [];
  sender: StreamSender;
  /** Per consumer and session, what some life has made durable. */
  readonly #durable = new Map<string, Set<number>>();
  /** Per session, what was lost for good, and up to where it was ever acknowledged by whom. */
  readonly #lost = new Map<string, Set<number>>();
  readonly #highest = new Map<string, number>();
  readonly #lasts = new Map<string, number>();
  #made = 0;
  #open = '';
  #speaking: Life | undefined;
  /** Runs that this life of the sender has displaced, and the run that each consumer is at. */
  #displaced = new Set<string>();
  readonly #current = new Map<string, string>();

  constructor() {
    this.source.onAcknowledge = (consumer, session, seq) => {
      this.#checkAcknowledgement(consumer, session, seq);
    };
    this.sender = this.#newSender();
    this.newSession();
    this.newLife('writer');
    this.newLife('mirror');
  }

  newSession(): void {
    if (this.#open !== '') this.source.finish(this.#open);
    this.#open = `s${(this.#made += 1)}`;
    this.source.begin(this.#open);
    this.#lasts.set(this.#open, 0);
  }

  append(records: number): void {
    this.source.append(this.#open, records);
    this.#lasts.set(this.#open, (this.#lasts.get(this.#open) ?? 0) + records);
  }

  newLife(consumer: string): void {
    // As with the real ones, later names sort behind earlier ones.
    const run = `run${String((this.#made += 1)).padStart(6, '0')}`;
    const { clock } = this;
    const last = new Map<string, number>();
    const volatile = new Map<string, number[]>();
    const handler: StreamHandler = {
      welcome: (_, sessions) => (life.listed = sessions),
      batch: (batch) => this.#checkBatch(life, batch),
      fenced: () => (life.fenced = true),
      connection: () => undefined,
    };
    const options = { consumer, run, window: WINDOW, handler, clock, log: silentLog };
    const life: Life = {
      consumer,
      run,
      receiver: new StreamReceiver(options),
      last,
      durable: new Map(),
      volatile,
      peer: this.#newPeer(),
      toSource: [],
      toConsumer: [],
      full: false,
      frozen: false,
      fenced: false,
      listed: [],
    };
    this.lives.push(life);
  }

  /** The n-th life, or none if there are none. */
  life(n: number): Life | undefined {
    return this.lives[n % Math.max(1, this.lives.length)];
  }

  kill(life: Life): void {
    this.lives = this.lives.filter((other) => other !== life);
  }

  restartSender(rollBack: number): void {
    this.source.rollBack(rollBack);
    this.sender = this.#newSender();
    this.#displaced = new Set();
    this.#current.clear();
    for (const life of this.lives) this.cut(life);
  }

  /** The connection breaks: what was under way is lost, and the next one has another address. */
  cut(life: Life): void {
    life.peer = this.#newPeer();
    life.toSource = [];
    life.toConsumer = [];
  }

  loseRecords(session: number, from: number, count: number): void {
    const id = [...this.source.kept.keys()][session % Math.max(1, this.source.kept.size)];
    if (id === undefined) return;
    this.source.lose(id, from, from + count);
    this.#lost.set(id, this.source.kept.get(id)?.lost ?? new Set());
  }

  dropMessage(life: Life, n: number): void {
    const queue = n % 2 === 0 ? life.toSource : life.toConsumer;
    if (queue.length > 0) queue.splice(n % queue.length, 1);
  }

  /** Makes durable what was handed out, a part or all, and acknowledges it. */
  sync(life: Life, share: number): void {
    for (const [session, numbers] of life.volatile) {
      const taken = numbers.splice(0, Math.ceil(numbers.length * share));
      const top = taken.at(-1);
      if (top === undefined) continue;
      const durable = this.#durableOf(life.consumer, session);
      for (const seq of taken) durable.add(seq);
      life.durable.set(session, top);
      life.receiver.acknowledge(session, top);
    }
  }

  pass(ms: number): void {
    this.clock.advance(ms);
    this.sender.tick();
    for (const life of this.lives) {
      if (life.frozen) continue;
      life.receiver.tick();
      if (life.receiver.takeReopen()) this.cut(life);
    }
  }

  /**
   * Both ends send what they can, and up to `messages` per direction and life arrive. Bit i of
   * `losses` says that the message sent as number i (modulo 16) is lost on the way.
   */
  exchange(messages: number, losses = 0): void {
    let sent = 0;
    const arrives = () => (losses & (1 << (sent++ % 16))) === 0;
    for (let out = this.sender.next(); out !== undefined; out = this.sender.next()) {
      const { peer, frames } = out;
      const life = this.lives.find((other) => other.peer === peer);
      const outcome = life === undefined ? 'gone' : life.full ? 'full' : 'queued';
      if (life !== undefined && outcome === 'queued' && arrives()) life.toConsumer.push(frames);
      this.sender.settled(out, outcome);
    }
    for (const { consumer, inFlight } of this.sender.consumers()) {
      if (inFlight > WINDOW) throw new Error(`${consumer}: ${inFlight} records in flight`);
    }
    for (const life of this.lives) {
      if (life.frozen) continue;
      for (const frames of life.toConsumer.splice(0, messages)) life.receiver.receive(frames);
      for (let out = life.receiver.next(); out !== undefined; out = life.receiver.next()) {
        if (life.fenced) throw new Error(`${life.run} speaks although it is fenced`);
        if (!life.full && arrives()) life.toSource.push([...out.frames]);
        life.receiver.settled(out, life.full ? 'full' : 'queued');
      }
    }
    for (const life of this.lives) {
      this.#speaking = life;
      for (const frames of life.toSource.splice(0, messages))
        this.sender.receive(life.peer, frames);
      this.#checkRuns();
      this.#speaking = undefined;
    }
  }

  /** From here on nothing goes wrong any more: everything has to arrive within `ms`. */
  settle(ms: number): void {
    for (const life of this.lives) {
      life.full = false;
      life.frozen = false;
    }
    this.source.finish(this.#open);
    const end = this.clock.monotonic() + ms;
    while (!this.sender.drained() || this.source.kept.size > 0) {
      if (this.clock.monotonic() > end) throw new Error(`not delivered: ${this.#undelivered()}`);
      for (const consumer of this.source.consumers) {
        const alive = this.lives.some((life) => life.consumer === consumer && !life.fenced);
        if (!alive) this.newLife(consumer);
      }
      for (let i = 0; i < 5; i += 1) {
        this.exchange(Infinity);
        for (const life of this.lives) this.sync(life, 1);
      }
      this.pass(100);
    }
    for (const consumer of this.source.consumers) {
      for (const [session, last] of this.#lasts) this.#checkWhole(consumer, session, last);
    }
    for (let i = 0; i < 30; i += 1) {
      this.pass(100);
      this.exchange(Infinity);
    }
    for (const { consumer, run } of this.sender.consumers()) {
      const left = this.lives.filter((life) => life.consumer === consumer && !life.fenced);
      const names = left.map((life) => life.run);
      if (names.length !== 1 || names[0] !== run)
        throw new Error(`${consumer}: ${String(run)} is served, ${names.join()} think they are`);
    }
    for (const { run, listed, fenced } of this.lives) {
      if (!fenced && listed.length > 0)
        throw new Error(`${run} still believes in ${listed.join()}`);
    }
  }

  #newSender(): StreamSender {
    const { source, clock } = this;
    const { consumers } = source;
    return new StreamSender({ source, consumers, clock, log: silentLog, batchRecords: 5 });
  }

  #newPeer(): string {
    return `peer${(this.#made += 1)}`;
  }

  #durableOf(consumer: string, session: string): Set<number> {
    const key = `${consumer} ${session}`;
    const known = this.#durable.get(key) ?? new Set();
    this.#durable.set(key, known);
    return known;
  }

  /** A run that was displaced comes back only in the place of an older one, as long as the source lives. */
  #checkRuns(): void {
    for (const { consumer, run } of this.sender.consumers()) {
      const before = this.#current.get(consumer);
      if (run === undefined || run === before) continue;
      if (this.#displaced.has(run) && (before === undefined || run < before))
        throw new Error(`${run} is back although it was displaced`);
      if (before !== undefined) this.#displaced.add(before);
      this.#current.set(consumer, run);
    }
  }

  #checkBatch(life: Life, batch: ReceivedBatch): void {
    const { session, first, count, bytes, hole, startLine } = batch;
    const where = `${life.run} ${session} ${first}+${count}`;
    if (life.fenced) throw new Error(`${where}: handed out to a fenced run`);
    if (!startLine.equals(lineOf(session, 0))) throw new Error(`${where}: wrong start line`);
    const numbers = Array.from({ length: count }, (_, i) => first + i);
    const expected = joinLines(numbers.map((seq) => lineOf(session, seq)));
    if (!bytes.equals(expected)) throw new Error(`${where}: wrong lines`);
    const before = life.last.get(session) ?? -1;
    const from = hole?.from ?? first;
    // Nothing may be left out but what some life of this consumer has had acknowledged.
    const highest = this.#highest.get(`${life.consumer} ${session}`) ?? -1;
    if (from <= before) throw new Error(`${where}: handed out before, up to ${before}`);
    if (from > Math.max(before, highest) + 1) throw new Error(`${where}: does not join ${before}`);
    for (let seq = from; seq < first; seq += 1) {
      if (hole === undefined || seq > hole.to || !(this.#lost.get(session)?.has(seq) ?? false)) {
        throw new Error(`${where}: ${seq} is no hole`);
      }
    }
    life.last.set(session, first + count - 1);
    const volatile = life.volatile.get(session) ?? [];
    life.volatile.set(session, volatile);
    volatile.push(...numbers);
  }

  #checkAcknowledgement(consumer: string, session: string, seq: number): void {
    const life = this.#speaking;
    if (life === undefined) throw new Error('acknowledged by nobody');
    const where = `${life.run} ${session} ${seq}`;
    const slot = this.sender.consumers().find((known) => known.consumer === consumer);
    if (slot?.run !== life.run) throw new Error(`${where}: acknowledged by a displaced run`);
    if (seq > (life.durable.get(session) ?? -1)) throw new Error(`${where}: not durable there`);
    if (seq <= this.source.acknowledged(consumer, session)) throw new Error(`${where}: backwards`);
    this.#checkWhole(consumer, session, seq);
    const key = `${consumer} ${session}`;
    this.#highest.set(key, Math.max(this.#highest.get(key) ?? -1, seq));
  }

  /** Every record up to `last` is durable somewhere, but for what was lost for good. */
  #checkWhole(consumer: string, session: string, last: number): void {
    const durable = this.#durableOf(consumer, session);
    const lost = this.#lost.get(session);
    for (let seq = 0; seq <= last; seq += 1) {
      if (durable.has(seq) || (lost?.has(seq) ?? false)) continue;
      throw new Error(`${consumer} ${session}: ${seq} is acknowledged up to ${last}, but nowhere`);
    }
  }

  #undelivered(): string {
    const { source } = this;
    const sessions = source.sessions().map(({ session, last }) => {
      const positions = source.consumers.map((name) => source.acknowledged(name, session));
      return `${session} ${last} (${positions.join(', ')})`;
    });
    return sessions.join('; ');
  }
}
