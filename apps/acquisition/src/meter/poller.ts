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
/** That an answer did not come may be counted so much later than its read timeout. */
const SOON_MS = 1000;

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
    this.#send(0);
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
    this.#stopped = true;
    this.#cancelTimer();
    this.#awaited = undefined;
    this.#whenIdle();
  }

  /** After a stall (a busy or sleeping machine), or a long answer, only the newest of the polls due counts. */
  #goOn(): void {
    const newest = Math.floor(this.#elapsed() / this.#parts.intervalMs);
    if (newest >= this.#next) this.#send(newest);
    else this.#rest();
  }

  #rest(): void {
    this.#cancelTimer = this.#parts.timers.after(this.#untilNext(), () => {
      this.#send(Math.max(this.#next, Math.floor(this.#elapsed() / this.#parts.intervalMs)));
    });
  }

  #send(poll: number): void {
    this.#parts.figures.missed += poll - this.#next;
    this.#next = poll + 1;
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
   * Looks when the answer has ended, if nothing more comes of it. Nothing is missed if that is when the next poll is
   * due, so it is then, if that is soon: a timer of its own would wake the process for each answer that has come.
   */
  #watchAnswer(): void {
    const left = this.#answerEnd() - this.#parts.clock.monotonic();
    const wait = this.#stopped ? left : Math.max(left, Math.min(left + SOON_MS, this.#untilNext()));
    this.#cancelTimer();
    this.#cancelTimer = afterListening(this.#parts, wait, () => {
      if (this.#answerEnd() - this.#parts.clock.monotonic() >= 1) {
        this.#watchAnswer();
        return;
      }
      this.#parts.figures.unanswered++;
      this.#ended();
    });
  }

  /** On the monotonic clock, if nothing more comes. */
  #answerEnd(): number {
    const { readTimeoutMs } = this.#parts;
    if (this.#awaited === undefined) return 0;
    const { since, heard } = this.#awaited;
    return Math.min(heard + readTimeoutMs, since + LONGEST_ANSWER * readTimeoutMs);
  }

  #ended(): void {
    this.#awaited = undefined;
    this.#cancelTimer();
    if (this.#stopped) this.#whenIdle();
    else this.#goOn();
  }

  #elapsed(): number {
    return this.#parts.clock.monotonic() - this.#start;
  }

  #untilNext(): number {
    return Math.ceil(this.#next * this.#parts.intervalMs - this.#elapsed());
  }
}
