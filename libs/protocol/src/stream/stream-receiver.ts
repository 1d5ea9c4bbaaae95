/**
 * The consumer's end of the stream without its socket: says hello until it is welcomed, hands out
 * each line once and in order, acknowledges what the handler calls durable, and starts over when
 * something is missing or the source has fallen silent. Messages come in by `receive`, time by
 * `tick`; what is to be sent is fetched by `next`, and its fate told by `settled`.
 */
import type { Clock, Log } from '../ports.js';
import { firstLine, holdsLines, offsetOfLine } from './batch-body.js';
import { Complaints } from './complaints.js';
import {
  decodeSourceMessage,
  encodeMessage,
  type BatchHeader,
  type SourceMessage,
} from './messages.js';
import { Outstanding } from './outstanding.js';
import { ReceivedSession } from './received-session.js';
import { newReceiverCounters, type ReceiverCounters } from './receiver-counters.js';
import { isNewer } from './run-order.js';
import type { SendOutcome } from './send-loop.js';
import type { StreamHandler } from './stream-handler.js';

export interface StreamReceiverOptions {
  readonly consumer: string;
  /** Names one life of the consumer; a later run displaces an earlier one. */
  readonly run: string;
  /** Most records that may be handed out and not acknowledged. */
  readonly window: number;
  readonly handler: StreamHandler;
  readonly clock: Clock;
  readonly log: Log;
  readonly heartbeatMs?: number;
  /** After so long without a message both ends start over. */
  readonly silenceMs?: number;
  /** How long to wait with the next hello after a refusal of either side. */
  readonly refusedMs?: number;
}

export interface ReceiverOutgoing {
  readonly kind: 'hello' | 'ack' | 'heartbeat';
  readonly frames: readonly Buffer[];
  readonly ack?: { readonly id: string; readonly session: ReceivedSession };
}

/** More than any source that keeps to its own limits has in flight, in bytes. */
const MOST_OUTSTANDING_BYTES = 67_108_864;

type State = 'greeting' | 'welcomed' | 'refused' | 'fenced';

export class StreamReceiver {
  readonly counters: ReceiverCounters = newReceiverCounters();
  readonly #consumer: string;
  readonly #run: string;
  readonly #window: number;
  readonly #handler: StreamHandler;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #complaints: Complaints;
  readonly #heartbeatMs: number;
  readonly #silenceMs: number;
  readonly #refusedMs: number;
  readonly #sessions = new Map<string, ReceivedSession>();
  /** Sessions with an acknowledgement that may be due. */
  readonly #dirty = new Map<string, ReceivedSession>();
  readonly #outstanding = new Outstanding();
  #state: State = 'greeting';
  #shown: 'none' | 'connecting' | 'connected' | 'refused' = 'none';
  #source = '';
  #heardAt: number;
  #tickedAt: number;
  #helloAt: number;
  #heartbeatAt = 0;
  /** When the last acknowledgement went out: the source hears by it, too, that somebody is there. */
  #ackAt = -Infinity;
  /** Set by a batch that was handed out: starting over once more is then worth no wait. */
  #progress = true;
  #heldBack = false;
  /** The last connection was lost, and there is none since. */
  #lost = false;
  #reopen = false;

  constructor(options: StreamReceiverOptions) {
    this.#consumer = options.consumer;
    this.#run = options.run;
    this.#window = options.window;
    this.#handler = options.handler;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#complaints = new Complaints(options.log, options.clock);
    this.#heartbeatMs = options.heartbeatMs ?? 1000;
    this.#silenceMs = options.silenceMs ?? 5000;
    this.#refusedMs = options.refusedMs ?? 5000;
    const now = this.#clock.monotonic();
    this.#heardAt = now;
    this.#tickedAt = now;
    this.#helloAt = now;
  }

  get state(): State {
    return this.#state;
  }

  /** A message of the source; never throws for what it says, only for what the handler throws. */
  receive(frames: readonly Buffer[]): void {
    if (this.#state === 'fenced') return;
    const result = decodeSourceMessage(frames);
    if (!result.ok) {
      this.#malformed(result.reason);
      return;
    }
    this.#heardAt = this.#clock.monotonic();
    this.#heldBack = false;
    const { message, body } = result;
    switch (message.type) {
      case 'welcome':
        this.#welcome(message);
        return;
      case 'batch':
        if (body !== undefined) this.#batch(message, body);
        return;
      case 'heartbeat':
        this.#heartbeat(message);
        return;
      case 'fenced':
        this.#fenced(message);
        return;
      case 'refused':
        this.#refused(message);
    }
  }

  /** Takes note of the time; to be called about as often as a heartbeat is due. */
  tick(): void {
    const now = this.#clock.monotonic();
    // A tick that comes late says that this process was held up, not that the source was silent.
    const heldUp = now - this.#tickedAt > this.#silenceMs / 2;
    this.#tickedAt = now;
    this.#heldBack = false;
    if (heldUp) this.#heardAt = now;
    if (this.#state === 'fenced' || this.#state === 'refused') return;
    if (this.#shown === 'none') this.#show('connecting');
    if (now - this.#heardAt <= this.#silenceMs) return;
    this.counters.silences += 1;
    this.#heardAt = now;
    this.#reopen = true;
    this.#greet(now);
    this.#show('connecting');
  }

  /**
   * There is a connection: what found none is tried again. After one that was lost a hello is said again: the last one
   * may have gone with it, and twice does no harm.
   */
  connected(): void {
    this.#heldBack = false;
    if (this.#lost && this.#state === 'greeting') this.#helloAt = this.#clock.monotonic();
    this.#lost = false;
  }

  /** The connection is lost: whoever is reached by the next one has to be greeted first. */
  disconnected(): void {
    this.#lost = true;
    if (this.#state === 'welcomed') this.#greet(this.#clock.monotonic());
  }

  /** What comes takes too much memory: the link is made anew, and all that is not durable comes again. */
  overfull(): void {
    if (this.#state === 'fenced') return;
    this.counters.overfull += 1;
    this.#complaints.warn('overfull', {}, 'The source takes too much memory: connecting anew');
    this.#reopen = true;
    if (this.#state === 'welcomed') this.#greet(this.#clock.monotonic());
  }

  /** Whether the link is to be made anew, with empty queues; asked once after each `tick`. */
  takeReopen(): boolean {
    const reopen = this.#reopen;
    this.#reopen = false;
    return reopen;
  }

  /** Every record of `session` up to `seq` is durable. */
  acknowledge(session: string, seq: number): void {
    this.#outstanding.durable(session, seq);
    const known = this.#sessions.get(session);
    // Not listed any more: the source has let go of it, nobody waits for this.
    if (known === undefined) return;
    if (!known.durable(seq)) {
      this.counters.acksRefused += 1;
      const { last } = known;
      this.#log.error({ session, seq, last }, 'Will not acknowledge what was never handed out');
      return;
    }
    this.#dirty.set(session, known);
  }

  /** The next message to send, if there is one now. */
  next(): ReceiverOutgoing | undefined {
    if (this.#state === 'fenced' || this.#heldBack) return undefined;
    const now = this.#clock.monotonic();
    if (this.#state !== 'welcomed') return now >= this.#helloAt ? this.#hello(now) : undefined;
    for (const [id, session] of this.#dirty) {
      this.#dirty.delete(id);
      const seq = session.due();
      if (seq === undefined) continue;
      session.acknowledged(seq);
      const frames = [encodeMessage({ type: 'ack', session: id, seq })];
      return { kind: 'ack', frames, ack: { id, session } };
    }
    if (now < Math.max(this.#heartbeatAt, this.#ackAt + 1.5 * this.#heartbeatMs)) return undefined;
    this.#heartbeatAt = now + this.#heartbeatMs;
    return { kind: 'heartbeat', frames: [encodeMessage({ type: 'heartbeat' })] };
  }

  /** What became of a message that `next` gave. */
  settled(outgoing: ReceiverOutgoing, outcome: SendOutcome): void {
    if (outcome === 'queued') {
      if (outgoing.kind === 'hello') this.counters.hellos += 1;
      if (outgoing.kind === 'ack') {
        this.counters.acks += 1;
        this.#ackAt = this.#clock.monotonic();
      }
      if (outgoing.kind === 'heartbeat') this.counters.heartbeats += 1;
      return;
    }
    // No connection yet or a full queue: again at the next tick.
    this.counters.full += 1;
    this.#heldBack = true;
    if (outgoing.kind === 'hello') this.#helloAt = this.#clock.monotonic();
    if (outgoing.ack === undefined) return;
    const { id, session } = outgoing.ack;
    session.repeat();
    if (this.#sessions.get(id) === session) this.#dirty.set(id, session);
  }

  #hello(now: number): ReceiverOutgoing {
    this.#helloAt = now + this.#heartbeatMs;
    if (this.#state === 'refused') {
      this.#state = 'greeting';
      this.#heardAt = now;
    }
    const consumer = this.#consumer;
    const frame = encodeMessage({ type: 'hello', consumer, run: this.#run, window: this.#window });
    return { kind: 'hello', frames: [frame] };
  }

  #welcome({ source, sessions }: Extract<SourceMessage, { type: 'welcome' }>): void {
    // Refused means not greeted since: nobody can have been asked for a welcome.
    if (this.#state === 'refused') return;
    this.counters.welcomes += 1;
    this.#source = source;
    const listed = new Set(sessions.map(({ session }) => session));
    for (const id of this.#sessions.keys()) if (!listed.has(id)) this.#drop(id);
    if (this.#state !== 'welcomed') {
      this.#state = 'welcomed';
      this.#heartbeatAt = this.#clock.monotonic() + this.#heartbeatMs;
      for (const session of this.#sessions.values()) session.redeliver();
    }
    this.#show('connected');
    if (this.#handler.wants?.(source) === false) {
      // What it sends until then is stale: nothing of it counts as handed out.
      this.#greet(this.#clock.monotonic() + this.#refusedMs);
      return;
    }
    this.#handler.welcome(source, [...listed]);
  }

  #drop(id: string): void {
    this.#sessions.delete(id);
    this.#dirty.delete(id);
  }

  #batch(header: BatchHeader, body: Buffer): void {
    // Sent before the source heard the last hello: all of it comes again.
    if (this.#state !== 'welcomed') {
      this.counters.stale += 1;
      return;
    }
    const { session: id, first, count, prev } = header;
    if (prev >= first || !holdsLines(body, count)) {
      this.#malformed(`batch ${first}+${count} of ${id} does not hold what it says`);
      return;
    }
    if (this.#isTooMuch(count, body.length)) {
      this.counters.overruns += 1;
      const { records, bytes } = this.#outstanding;
      this.#complaints.warn(
        'overrun',
        { session: id, first, count, records, bytes },
        'The source sends more than it was asked for: left out, and starting over',
      );
      this.#startOver();
      return;
    }
    const session = this.#sessions.get(id) ?? new ReceivedSession();
    this.#sessions.set(id, session);
    if (first === 0) session.startLine = firstLine(body);
    const { startLine } = session;
    const taken = startLine === undefined ? ({ kind: 'gap' } as const) : session.take(header);
    if (startLine === undefined || taken.kind === 'gap') {
      this.counters.gaps += 1;
      const { last } = session;
      this.#complaints.warn(
        'gap',
        { session: id, prev, first, last },
        'A batch is missing: starting over',
      );
      this.#startOver();
      return;
    }
    this.counters.batches += 1;
    if (taken.kind === 'repeated') {
      this.counters.duplicates += count;
      this.#dirty.set(id, session);
      return;
    }
    const fresh = count - taken.skip;
    this.counters.duplicates += taken.skip;
    this.counters.records += fresh;
    if (taken.hole !== undefined) this.counters.holes += 1;
    this.#progress = true;
    const bytes = body.subarray(offsetOfLine(body, taken.skip));
    const last = first + count - 1;
    this.#outstanding.add(id, { last, records: fresh, bytes: bytes.length });
    this.#handler.batch({
      source: this.#source,
      session: id,
      startLine,
      first: first + taken.skip,
      count: fresh,
      bytes,
      ...(taken.hole === undefined ? {} : { hole: taken.hole }),
    });
  }

  /** Twice the window: a source may count a little differently, never by as much as that. */
  #isTooMuch(records: number, bytes: number): boolean {
    const outstanding = this.#outstanding;
    if (outstanding.records === 0) return false;
    return (
      outstanding.records + records > 2 * this.#window ||
      outstanding.bytes + bytes > MOST_OUTSTANDING_BYTES
    );
  }

  #heartbeat({ unacknowledged }: Extract<SourceMessage, { type: 'heartbeat' }>): void {
    if (this.#state !== 'welcomed') return;
    for (const { session: id, seq } of unacknowledged ?? []) {
      const session = this.#sessions.get(id);
      if (session?.confirm(seq) === true) {
        this.#dirty.set(id, session);
        continue;
      }
      this.counters.gaps += 1;
      this.#complaints.warn('gap', { session: id, sent: seq }, 'The end is missing: starting over');
      this.#startOver();
      return;
    }
  }

  #fenced({ run, source, by }: Extract<SourceMessage, { type: 'fenced' }>): void {
    if (run !== this.#run) return;
    if (by !== undefined && isNewer(run, by)) {
      this.#complaints.warn(
        'contested',
        { source, by },
        'An older run has taken the source: taking it back',
      );
      this.counters.contested += 1;
      this.#startOver();
      return;
    }
    this.counters.fenced += 1;
    this.#state = 'fenced';
    this.#handler.fenced(source ?? this.#source);
  }

  #refused({ code, reason }: Extract<SourceMessage, { type: 'refused' }>): void {
    this.counters.refused += 1;
    if (code === 'hello_first') {
      // Otherwise this is the answer to something older than the hello that is on its way.
      if (this.#state === 'welcomed') this.#greet(this.#clock.monotonic());
      return;
    }
    this.#state = 'refused';
    this.#helloAt = this.#clock.monotonic() + this.#refusedMs;
    this.#show('refused', reason);
  }

  /** Says hello at once; but when the last time brought nothing, only after a while. */
  #startOver(): void {
    const now = this.#clock.monotonic();
    this.#greet(this.#progress ? now : now + this.#heartbeatMs);
    this.#progress = false;
  }

  #greet(at: number): void {
    this.#state = 'greeting';
    this.#helloAt = at;
  }

  #show(state: 'connecting' | 'connected' | 'refused', reason?: string): void {
    if (this.#shown === state) return;
    this.#shown = state;
    if (reason === undefined) this.#handler.connection(state);
    else this.#handler.connection(state, reason);
  }

  #malformed(reason: string): void {
    this.counters.malformed += 1;
    this.#complaints.warn('malformed', { reason }, 'Ignored a message that is not of the stream');
  }
}
