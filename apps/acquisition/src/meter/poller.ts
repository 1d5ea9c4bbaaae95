/**
 * Asks the meter at an even pace.
 *
 * - The schedule is absolute: poll n is due at `start + n * interval`, whatever became of the polls
 *   before it, so that days of polling do not drift against the clock.
 * - It never polls into an unfinished answer: the meter would start its answer over (a doubled
 *   header). A poll that falls due meanwhile waits for the answer to end, until the next one is due;
 *   then it is missed and counted, never made up for.
 */
import type { Clock } from '@elmetron/protocol';
import { afterListening, type Timers } from '@elmetron/link';

/** Counted over the life of the process. */
export interface PollFigures {
  sent: number;
  /** An answer did not come, or not whole. */
  unanswered: number;
  /** Due, but not sent. */
  missed: number;
}

export interface PollerParts {
  readonly figures: PollFigures;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly intervalMs: number;
  readonly readTimeoutMs: number;
  /** Sends a poll; false when the link did not take it. */
  readonly poll: () => boolean;
}

/** A line that babbles for ever must not keep the next poll away for ever. */
const LONGEST_ANSWER = 3;
/** While an answer is awaited, what falls due and what does not come is counted at least so often. */
const LOOK_MS = 1000;

export class Poller {
  readonly #parts: PollerParts;
  #start = 0;
  /** The first poll that is neither sent nor missed. */
  #next = 0;
  /** While an answer is awaited: when it was asked for and when anything last came of it. */
  #awaited: { readonly since: number; heard: number } | undefined;
  /** For the next poll or, while an answer is awaited, for its end: never for both, each wakes the process. */
  #cancelTimer = (): void => undefined;
  #polling = false;
  #stopped = false;
  #whenIdle: () => void = () => undefined;

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#start = this.#parts.clock.monotonic();
    this.#send();
  }

  /** Whether anything has been asked yet. */
  get polling(): boolean {
    return this.#polling;
  }

  /** Bytes came: the answer is under way. */
  heard(): void {
    if (this.#awaited !== undefined) this.#awaited.heard = this.#parts.clock.monotonic();
  }

  /** A frame is whole. */
  answered(): void {
    if (this.#awaited !== undefined) this.#ended();
  }

  /** Polls no more; resolves when the answer under way, if any, has ended. */
  async stop(): Promise<void> {
    this.#passOver();
    this.#stopped = true;
    if (this.#awaited === undefined) {
      this.#cancelTimer();
      return;
    }
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      this.#watchAnswer();
    });
  }

  /** The link is gone: no answer will come. */
  abandon(): void {
    this.#passOver();
    if (this.#awaited !== undefined && this.#leftOfAnswer() <= 0) this.#parts.figures.unanswered++;
    this.#stopped = true;
    this.#cancelTimer();
    this.#awaited = undefined;
    this.#whenIdle();
  }

  #goOn(): void {
    this.#passOver();
    if (this.#newestDue() >= this.#next) this.#send();
    else this.#rest();
  }

  #rest(): void {
    this.#cancelTimer = this.#parts.timers.after(this.#untilNext(), () => {
      this.#passOver();
      this.#send();
    });
  }

  /** After a stall (a busy or sleeping machine), or a long answer, only the newest of the polls due counts. */
  #passOver(): void {
    if (!this.#polling || this.#stopped) return;
    const missed = Math.max(0, this.#newestDue() - this.#next);
    this.#parts.figures.missed += missed;
    this.#next += missed;
  }

  #send(): void {
    this.#next += 1;
    const now = this.#parts.clock.monotonic();
    this.#awaited = { since: now, heard: now };
    this.#polling = true;
    if (!this.#parts.poll()) {
      this.#awaited = undefined;
      this.#parts.figures.missed++;
      this.#rest();
      return;
    }
    this.#parts.figures.sent++;
    this.#watchAnswer();
  }

  /**
   * Looks whether the answer has ended, when nothing more came of it. Nothing is missed if that is when the next poll is
   * due: a timer of its own would wake the process for each answer that has come.
   */
  #watchAnswer(): void {
    const left = Math.max(0, this.#leftOfAnswer());
    const wait = this.#stopped ? left : Math.min(LOOK_MS, Math.max(left, this.#untilNext()));
    this.#cancelTimer();
    this.#cancelTimer = afterListening(this.#parts, wait, () => {
      this.#passOver();
      if (this.#leftOfAnswer() >= 1) {
        this.#watchAnswer();
        return;
      }
      this.#parts.figures.unanswered++;
      this.#ended();
    });
  }

  /** Until it has ended, if nothing more comes, in ms. */
  #leftOfAnswer(): number {
    const { clock, readTimeoutMs } = this.#parts;
    if (this.#awaited === undefined) return 0;
    const { since, heard } = this.#awaited;
    const end = Math.min(heard + readTimeoutMs, since + LONGEST_ANSWER * readTimeoutMs);
    return end - clock.monotonic();
  }

  #ended(): void {
    this.#awaited = undefined;
    this.#cancelTimer();
    if (this.#stopped) this.#whenIdle();
    else this.#goOn();
  }

  #newestDue(): number {
    return Math.floor(this.#elapsed() / this.#parts.intervalMs);
  }

  #untilNext(): number {
    return Math.ceil(this.#next * this.#parts.intervalMs - this.#elapsed());
  }

  #elapsed(): number {
    return this.#parts.clock.monotonic() - this.#start;
  }
}
