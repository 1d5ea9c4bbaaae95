/**
 * Calls the hook, one notice after another, beside the capture and never in its way: what waits is
 * bounded, a call that takes too long is given up, one that fails is tried again twice. What could not be
 * told is counted, logged and a state of health; in the session it stands all the same.
 */
import type { Clock, Log } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import { settlesWithin, type Timers } from '@elmetron/link';
import type { AlarmNotice, Hook } from './notice.js';

const MOST_WAITING = 100;
/** Before the second and the third attempt. */
const PAUSES_MS = [1000, 5000];
/** At the end of the process: an alarm that is left with its session should still be told. */
const LAST_WORDS_MS = 1000;

export interface HookQueueParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly health: Health;
  readonly log: Log;
}

export interface HookSettings {
  /** Undefined: nobody is told. */
  readonly hook: Hook | undefined;
  readonly timeoutMs: number;
}

export class HookQueue {
  /** Notices since the process began, by what became of them. */
  readonly counters = { told: 0, failed: 0, dropped: 0 };
  readonly #parts: HookQueueParts;
  #settings: HookSettings;
  #waiting: AlarmNotice[] = [];
  #running: Promise<void> | undefined;
  #closing = false;
  /** Ends what is awaited right now: a call, or a pause. */
  #interrupt = (): void => undefined;

  constructor(parts: HookQueueParts, settings: HookSettings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  /** Notices that are not told yet, the one under way not among them. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** From the next call on; what waits is told to the new hook, or to nobody. */
  use(settings: HookSettings): void {
    this.#settings = settings;
    if (settings.hook !== undefined) return;
    this.#waiting = [];
    this.#parts.health.clear('alarm_hook_failing');
  }

  /** Returns at once. */
  tell(notice: AlarmNotice): void {
    if (this.#settings.hook === undefined) return;
    if (this.#waiting.length >= MOST_WAITING) {
      // The newest is worth most to whoever is told at last.
      const [oldest] = this.#waiting.splice(0, 1);
      this.#drop(oldest, `${MOST_WAITING} others wait to be told`);
    }
    this.#waiting.push(notice);
    this.#running ??= this.#run();
  }

  /** Gives what waits a moment, and leaves the rest untold. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#running === undefined) return;
    if (await settlesWithin(this.#parts.timers, LAST_WORDS_MS, this.#running)) return;
    for (const notice of this.#waiting.splice(0)) this.#drop(notice, 'the process ends');
    this.#interrupt();
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      await this.#deliver(next);
    this.#running = undefined;
  }

  async #deliver(notice: AlarmNotice): Promise<void> {
    const { health, log } = this.#parts;
    let reason = '';
    // Taken away meanwhile: there is nobody to tell.
    if (this.#settings.hook === undefined) return;
    for (const pause of [...PAUSES_MS, undefined]) {
      const failure = await this.#attempt(notice);
      if (failure === undefined) {
        this.counters.told++;
        health.clear('alarm_hook_failing');
        log.debug({ alarm: notice['alarm'], event: notice.event }, 'alarm told to the hook');
        return;
      }
      reason = failure;
      if (pause === undefined || this.#closing) break;
      log.debug({ alarm: notice['alarm'], reason }, 'the alarm hook failed and is tried again');
      await this.#pause(pause);
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have begun during the pause
      if (this.#closing) break;
    }
    this.counters.failed++;
    log.warn(fieldsOf(notice), `an alarm could not be told to the hook: ${reason}`);
    health.raise('alarm_hook_failing', `the alarm hook fails, nobody is told: ${reason}`);
  }

  /** Why it failed; undefined: it is told. Never takes longer than the time-out. */
  async #attempt(notice: AlarmNotice): Promise<string | undefined> {
    const { hook, timeoutMs } = this.#settings;
    if (hook === undefined) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const givenUp = new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(String(signal.reason));
      });
    });
    const cancel = this.#parts.timers.after(timeoutMs, () => {
      controller.abort(`no end within ${timeoutMs / 1000} s`);
    });
    this.#interrupt = () => {
      controller.abort('the process ends');
    };
    const call = hook(notice, signal).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const failure = await Promise.race([call, givenUp]);
    cancel();
    this.#interrupt = () => undefined;
    return failure;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.timers.after(ms, resolve);
      this.#interrupt = () => {
        cancel();
        resolve();
      };
    });
  }

  #drop(notice: AlarmNotice | undefined, reason: string): void {
    if (notice === undefined) return;
    this.counters.dropped++;
    this.#parts.log.warn(fieldsOf(notice), `an alarm was not told to the hook: ${reason}`);
  }
}

function fieldsOf({ event, source, session, message, ...rest }: AlarmNotice): object {
  return { event, source, session, alarm: rest['alarm'], unit: rest['unit'], notice: message };
}
