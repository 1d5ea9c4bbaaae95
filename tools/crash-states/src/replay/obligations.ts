/**
 * What has to be found after a power cut at one moment, as the sockets of the traced process tell
 * it: a record counts as acknowledged from the beginning of the call that sends the acknowledgement
 * (the peer may have it), and as released when the call has ended that received one.
 */
import { decodeLine } from '@elmetron/protocol';
import type { Call } from '../trace/calls.js';
import { bytesOf, descriptorOf } from '../trace/trace-line.js';
import { readStreamWord, type StreamWord } from '../zmtp/stream-words.js';
import { ZmtpReader } from '../zmtp/zmtp-reader.js';
import type { Account } from './account.js';
import type { Damaged } from './recording.js';

/** Numbers by session. */
export type Numbers = Readonly<Record<string, number>>;

export interface Owed {
  /** All up to here were acknowledged to their source. */
  readonly acknowledged: Numbers;
  readonly damaged: readonly Damaged[];
  /** In the spool: each of these, unless it was released. */
  readonly kept: Readonly<Record<string, readonly number[]>>;
}

/** What a record must have waited, without acknowledgement, before a power cut may not take it. */
export interface SpoolPatience {
  readonly ms: number;
  /** And so many later records were appended: a process that was held up has had no turn to sync. */
  readonly records: number;
}

interface Appended {
  readonly session: string;
  readonly seq: number;
  readonly at: number;
  readonly ordinal: number;
}

export class Obligations {
  readonly #account: Account;
  readonly #acknowledged = new Map<string, number>();
  readonly #released = new Map<string, number>();
  readonly #sent = new Map<string, Set<number>>();
  #appended: Appended[] = [];
  #ordinal = 0;
  readonly #damaged: Damaged[] = [];
  #senders = new Map<number, ZmtpReader>();
  #receivers = new Map<number, ZmtpReader>();

  /** @param account gets the records that are seen to be written to a spool */
  constructor(account: Account) {
    this.#account = account;
  }

  /** Another process: its descriptors are others. */
  nextProcess(): void {
    this.#senders = new Map();
    this.#receivers = new Map();
  }

  closed(call: Call): void {
    const fd = descriptorOf(call.args[0] ?? '')?.fd ?? -1;
    this.#senders.delete(fd);
    this.#receivers.delete(fd);
  }

  /** At the beginning of a `sendto`; true when something is owed from now on. */
  sends(call: Call): boolean {
    let news = false;
    for (const word of this.#words(call, this.#senders)) {
      if (word.kind === 'ack') news = raise(this.#acknowledged, word) || news;
      else news = this.#left(word.records) || news;
    }
    return news;
  }

  /** At the end of a `recvfrom`. */
  received(call: Call): boolean {
    let news = false;
    for (const word of this.#words(call, this.#receivers)) {
      if (word.kind === 'ack') news = raise(this.#released, word) || news;
    }
    return news;
  }

  /** Whole lines were written to a spool, at `at` (s). */
  spooled(bytes: Buffer, at: number): void {
    for (const text of bytes.toString('latin1').split('\n')) {
      const line = Buffer.from(text, 'latin1');
      const decoded = decodeLine(line);
      if (!decoded.ok) continue;
      const { session, seq } = decoded.record;
      this.#account.add({ session, seq, line, kind: 'record' });
      this.#appended.push({ session, seq, at, ordinal: ++this.#ordinal });
    }
  }

  damaged(damaged: readonly Damaged[]): void {
    this.#damaged.push(...damaged);
  }

  /** @param at the moment (s); @param patience undefined: nothing but processes died */
  owed(at: number, patience: SpoolPatience | undefined): Owed {
    const kept = new Map<string, Set<number>>();
    const keep = (session: string, seq: number): void => {
      if (seq <= (this.#released.get(session) ?? -1)) return;
      const seqs = kept.get(session) ?? new Set();
      kept.set(session, seqs.add(seq));
    };
    for (const { session, seq, at: appendedAt, ordinal } of this.#appended) {
      const old =
        patience === undefined ||
        ((at - appendedAt) * 1000 > patience.ms && this.#ordinal - ordinal >= patience.records);
      if (old) keep(session, seq);
    }
    if (patience === undefined) {
      for (const [session, seqs] of this.#sent) for (const seq of seqs) keep(session, seq);
    }
    this.#forgetReleased();
    return {
      acknowledged: Object.fromEntries(this.#acknowledged),
      damaged: [...this.#damaged],
      kept: Object.fromEntries(
        [...kept].map(([session, seqs]) => [session, [...seqs].sort((a, b) => a - b)]),
      ),
    };
  }

  #forgetReleased(): void {
    this.#appended = this.#appended.filter(
      ({ session, seq }) => seq > (this.#released.get(session) ?? -1),
    );
  }

  #left(records: readonly { readonly session: string; readonly seq: number }[]): boolean {
    let news = false;
    for (const { session, seq } of records) {
      const seqs = this.#sent.get(session) ?? new Set();
      if (!seqs.has(seq)) news = true;
      this.#sent.set(session, seqs.add(seq));
    }
    return news;
  }

  #words(call: Call, readers: Map<number, ZmtpReader>): StreamWord[] {
    const fd = descriptorOf(call.args[0] ?? '')?.fd;
    const { result, args } = call;
    if (fd === undefined || (result !== undefined && result <= 0)) return [];
    const [, text = ''] = args;
    if (!text.startsWith('"')) return [];
    const bytes = bytesOf(text);
    const reader = readers.get(fd) ?? new ZmtpReader();
    readers.set(fd, reader);
    // Of a call that never returned, all may have gone out.
    const messages = reader.push(result === undefined ? bytes : bytes.subarray(0, result));
    return messages.map(readStreamWord).filter((word) => word !== undefined);
  }
}

function raise(
  numbers: Map<string, number>,
  { session, seq }: { session: string; seq: number },
): boolean {
  const before = numbers.get(session) ?? -1;
  if (seq <= before) return false;
  numbers.set(session, seq);
  return true;
}
