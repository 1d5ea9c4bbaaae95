/**
 * Feeds the watchdog of systemd as long as the process proves that it is alive, and no longer. What comes
 * round by itself, such as a timer, proves nothing; so a proof is asked for each time, and one that does not
 * come, or fails, starves the watchdog: systemd then ends the process and starts it anew.
 */
import type { Log } from '@elmetron/protocol';
import type { Notify } from './service-manager.js';

export interface WatchdogParts {
  /** systemd ends the process when it has heard nothing for so long. */
  readonly withinMs: number;
  /** Settles when it is proved; a rejection says what is wrong. */
  readonly prove: () => void | Promise<void>;
  readonly notify: Notify;
  readonly log: Log;
}

/** One proof that is late, or one message that is lost, must not be the end. */
const TIMES_WITHIN = 3;

export class Watchdog {
  readonly #parts: WatchdogParts;
  readonly #timer: NodeJS.Timeout;
  #proving = false;
  #complained = false;

  /** Begins at once. */
  constructor(parts: WatchdogParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => {
      this.#ask();
    }, parts.withinMs / TIMES_WITHIN).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #ask(): void {
    // The proof before this one is still to come.
    if (this.#proving) this.#complain('the proof of life does not come');
    else void this.#feed();
  }

  async #feed(): Promise<void> {
    const { prove, notify } = this.#parts;
    this.#proving = true;
    try {
      await prove();
      await notify('WATCHDOG=1');
      this.#complained = false;
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
    } finally {
      this.#proving = false;
    }
  }

  #complain(what: string): void {
    if (this.#complained) return;
    this.#complained = true;
    const { log, withinMs } = this.#parts;
    log.error(
      { withinMs },
      `Not alive as it should be: ${what}. systemd will restart this process`,
    );
  }
}
