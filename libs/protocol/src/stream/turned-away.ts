/**
 * The peers that a source does not serve (strangers, displaced runs) and the short answers that
 * they get. Bounded on every side: anyone who reaches the port can be a stranger.
 */
import { encodeMessage, type RefusalCode } from './messages.js';

/** Answers that wait to be sent; more are not given. */
const ANSWERS = 100;
/** Displaced peers that are remembered, so that whatever they say is answered by `fenced`. */
const FENCED_PEERS = 1000;

export interface Answer {
  readonly kind: 'fenced' | 'refused';
  readonly peer: string;
  readonly frames: readonly Buffer[];
}

/** A run that was displaced, and for which consumer it ran. */
export interface Displaced {
  readonly run: string;
  readonly consumer: string;
}

export class TurnedAway {
  readonly #source: string;
  readonly #answers: Answer[] = [];
  readonly #fenced = new Map<string, Displaced>();

  constructor(source: string) {
    this.#source = source;
  }

  next(): Answer | undefined {
    return this.#answers.shift();
  }

  refuse(peer: string, code: RefusalCode, reason: string): void {
    this.#answer('refused', peer, encodeMessage({ type: 'refused', reason, code }));
  }

  /** @param by the run that has the source now */
  fence(peer: string, run: string, by: string): void {
    const frame = encodeMessage({ type: 'fenced', run, source: this.#source, by });
    this.#answer('fenced', peer, frame);
  }

  /** Who was displaced at `peer`, if anyone was. */
  displacedAt(peer: string): Displaced | undefined {
    return this.#fenced.get(peer);
  }

  displaced(peer: string, displaced: Displaced): void {
    this.#fenced.set(peer, displaced);
    for (const oldest of this.#fenced.keys()) {
      if (this.#fenced.size <= FENCED_PEERS) break;
      this.#fenced.delete(oldest);
    }
  }

  /** The peer is served after all. */
  admit(peer: string): void {
    this.#fenced.delete(peer);
  }

  #answer(kind: Answer['kind'], peer: string, frame: Buffer): void {
    if (this.#answers.length < ANSWERS) this.#answers.push({ kind, peer, frames: [frame] });
  }
}
