/**
 * Counts what the line brought that is no reading, so that nothing is dropped in silence and yet a
 * noisy line does not bury the readings in events: one summary for each period.
 */
import type { PollFigures } from '../meter/poller.js';
import type { Discarded, Undecodable } from '../meter/reading.js';
import { utc, type EventPayload } from './session.js';

/** Of what was discarded, about so many bytes are kept in a period; the rest is counted. */
const KEPT_BYTES = 4096;
/** What a piece costs of them beside its bytes, so that thousands of single bytes do not fill a line. */
const PIECE_BYTES = 32;
/** Frames that do not decode are kept whole, up to so many in a period: one a second. */
const KEPT_FRAMES = 60;

export class LineAccount {
  #from: number | undefined;
  #bytes: Record<string, number> = {};
  #pieces = 0;
  #kept: { at: string; reason: string; hex: string }[] = [];
  #room = KEPT_BYTES;
  #undecodable = 0;
  #surplus: { count: number; last: string } = { count: 0, last: '' };
  #polls: PollFigures = { sent: 0, unanswered: 0, missed: 0 };
  #unanswered = 0;
  #missed = 0;

  discarded({ at, bytes, reason }: Discarded): void {
    this.#from ??= at;
    this.#bytes[reason] = (this.#bytes[reason] ?? 0) + bytes.length;
    this.#pieces++;
    this.#room -= PIECE_BYTES;
    if (this.#room <= 0) return;
    const kept = bytes.subarray(0, this.#room);
    this.#room -= kept.length;
    this.#kept.push({ at: utc(at), reason, hex: kept.toString('hex') });
  }

  /** True: write it down whole. False: there were too many, it is in the summary. */
  undecodable({ at, bytes }: Undecodable): boolean {
    if (++this.#undecodable <= KEPT_FRAMES) return true;
    this.#from ??= at;
    this.#surplus = { count: this.#surplus.count + 1, last: bytes.toString('hex') };
    return false;
  }

  /** The poller's figures now; `told` when their growth is told elsewhere (a silence has its own event). */
  polls(now: PollFigures, at: number, told: boolean): void {
    const unanswered = now.unanswered - this.#polls.unanswered;
    const missed = now.missed - this.#polls.missed;
    this.#polls = { ...now };
    if (told || unanswered + missed === 0) return;
    this.#from ??= at;
    this.#unanswered += unanswered;
    this.#missed += missed;
  }

  /** What there was since the last summary; undefined when nothing. */
  summary(to: number): EventPayload | undefined {
    const from = this.#from;
    const payload: EventPayload | undefined =
      from === undefined
        ? undefined
        : {
            from: utc(from),
            to: utc(to),
            discarded_bytes: { ...this.#bytes },
            discarded_pieces: this.#pieces,
            discarded: this.#kept,
            further_undecodable_frames: this.#surplus.count,
            last_undecodable_hex: this.#surplus.last,
            polls_unanswered: this.#unanswered,
            polls_missed: this.#missed,
          };
    this.#from = undefined;
    this.#bytes = {};
    this.#pieces = 0;
    this.#kept = [];
    this.#room = KEPT_BYTES;
    this.#undecodable = 0;
    this.#surplus = { count: 0, last: '' };
    this.#unanswered = 0;
    this.#missed = 0;
    return payload;
  }
}
