/** The life of a process in the eyes of systemd: ready, alive, stopping. Without systemd nothing of it happens. */
import type { Log } from '@elmetron/protocol';
import { notifier, takeServiceEnvironment, type Notify } from './service-manager.js';
import { Watchdog } from './watchdog.js';

export class ServiceLife {
  /** What is asked before the watchdog is fed; without it the process is no service but a job, and says nothing. */
  prove: (() => void | Promise<void>) | undefined;
  readonly #log: Log;
  readonly #notify: Notify | undefined;
  readonly #watchdogMs: number | undefined;
  #watchdog: Watchdog | undefined;

  constructor({ env, pid, log }: { env: NodeJS.ProcessEnv; pid: number; log: Log }) {
    const service = takeServiceEnvironment(env, pid);
    this.#notify = service && notifier(service);
    this.#watchdogMs = service?.watchdogMs;
    this.#log = log;
  }

  /** All parts run. */
  ready(): void {
    const { prove } = this;
    const notify = this.#notify;
    if (prove === undefined || notify === undefined) return;
    this.#tell(notify, 'READY=1');
    if (this.#watchdogMs === undefined) return;
    this.#watchdog = new Watchdog({ withinMs: this.#watchdogMs, prove, notify, log: this.#log });
  }

  /** From here on it is `TimeoutStopSec` that counts. */
  stopping(): void {
    this.#watchdog?.stop();
    if (this.prove !== undefined && this.#notify !== undefined)
      this.#tell(this.#notify, 'STOPPING=1');
  }

  #tell(notify: Notify, state: Parameters<Notify>[0]): void {
    notify(state).catch((error: unknown) => {
      this.#log.warn(
        { err: error },
        `systemd could not be told ${state}; is systemd-notify there?`,
      );
    });
  }
}
