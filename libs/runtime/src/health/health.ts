/**
 * What is wrong with a process right now, as one list of reasons: the health page shows it, and
 * the log has when each of them came and went.
 */
import type { Clock, Log } from '@elmetron/protocol';

export type HealthStatus = 'ok' | 'degraded' | 'critical';
export type ReasonLevel = Exclude<HealthStatus, 'ok'>;

export interface HealthReason {
  readonly code: string;
  readonly level: ReasonLevel;
  readonly message: string;
  /** UTC, ISO 8601, when it was raised first. */
  readonly since: string;
}

export class Health {
  /** What else the health page shows: flat figures of the process, read at each request. */
  figures: () => object = () => ({});
  readonly #reasons = new Map<string, HealthReason>();
  readonly #log: Log;
  readonly #clock: Clock;

  constructor(parts: { log: Log; clock: Clock }) {
    this.#log = parts.log;
    this.#clock = parts.clock;
  }

  /** States a reason. Raised again, it takes the new level and message; only a changed level is logged again. */
  raise(code: string, level: ReasonLevel, message: string): void {
    const known = this.#reasons.get(code);
    const since = known?.since ?? new Date(this.#clock.now()).toISOString();
    this.#reasons.set(code, { code, level, message, since });
    if (known?.level === level) return;
    const fields = { reason: code, level_of_reason: level, status: this.status };
    if (level === 'critical') this.#log.error(fields, message);
    else this.#log.warn(fields, message);
  }

  /** Takes a reason back; does nothing when it was not raised. */
  clear(code: string): void {
    const reason = this.#reasons.get(code);
    if (reason === undefined) return;
    this.#reasons.delete(code);
    const seconds = Math.round((this.#clock.now() - Date.parse(reason.since)) / 1000);
    this.#log.info({ reason: code, status: this.status, seconds }, `over: ${reason.message}`);
  }

  get status(): HealthStatus {
    let status: HealthStatus = 'ok';
    for (const { level } of this.#reasons.values()) {
      if (level === 'critical') return 'critical';
      status = 'degraded';
    }
    return status;
  }

  get reasons(): readonly HealthReason[] {
    return [...this.#reasons.values()];
  }

  /** The body of the health page. */
  report(): object {
    return { ...this.figures(), status: this.status, reasons: this.reasons };
  }
}
