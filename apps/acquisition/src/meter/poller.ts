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

export class Poller {
  readonly #parts: PollerParts;
  #start = 0;
  #next = 0;
  /** While an answer is awaited: when it was asked for and when anything last came of it. */
  #awaited: { readonly since: number; heard: number } | undefined;
  /** A poll is due, and waits for the answer before it to end. */
  #waiting = false;
  #cancelTick = (): void => undefined;
  #cancelTimeout = (): void => undefined;
  #polling = false;
  #stopped = false;
  #whenIdle: () => void = () => undefined;

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#start = this.#parts.clock.monotonic();
    this.#tick();
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
    this.#ended();
  }

  /** Polls no more; resolves when the answer under way, if any, has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting = false;
    this.#cancelTick();
    if (this.#awaited === undefined) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  /** The link is gone: no answer will come. */
  abandon(): void {
    this.#stopped = true;
    this.#cancelTick();
    this.#cancelTimeout();
    this.#awaited = undefined;
    this.#whenIdle();
  }

  #tick(): void {
    const { clock, timers, intervalMs } = this.#parts;
    if (this.#waiting) this.#parts.figures.missed++;
    // After a stall (a busy or sleeping machine) only the newest of the polls due counts.
    const due = Math.max(this.#next, Math.floor((clock.monotonic() - this.#start) / intervalMs));
    this.#parts.figures.missed += due - this.#next;
    this.#next = due + 1;
    this.#cancelTick = timers.after(
      Math.ceil(this.#start + this.#next * intervalMs - clock.monotonic()),
      () => {
        this.#tick();
      },
    );
    this.#waiting = true;
    if (this.#awaited === undefined) this.#send();
  }

  #send(): void {
    this.#waiting = false;
    const now = this.#parts.clock.monotonic();
    this.#awaited = { since: now, heard: now };
    this.#polling = true;
    if (!this.#parts.poll()) {
      this.#awaited = undefined;
      this.#parts.figures.missed++;
      return;
    }
    this.#parts.figures.sent++;
    this.#watchAnswer(this.#parts.readTimeoutMs);
  }

  #watchAnswer(ms: number): void {
    const { clock, readTimeoutMs } = this.#parts;
    const awaited = this.#awaited;
    if (awaited === undefined) return;
    this.#cancelTimeout = afterListening(this.#parts, ms, () => {
      const { since, heard } = awaited;
      const end = Math.min(heard + readTimeoutMs, since + LONGEST_ANSWER * readTimeoutMs);
      const left = end - clock.monotonic();
      if (left >= 1) {
        this.#watchAnswer(left);
        return;
      }
      this.#parts.figures.unanswered++;
      this.#ended();
    });
  }

  #ended(): void {
    if (this.#awaited === undefined) return;
    this.#awaited = undefined;
    this.#cancelTimeout();
    if (this.#stopped) {
      this.#whenIdle();
    } else if (this.#waiting) {
      this.#send();
    }
  }
}
