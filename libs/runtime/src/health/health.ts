/**
 * What is wrong with a process right now, as one list of reasons: the health page shows it, and
 * the log has when each of them came and went, one line each.
 */
import type { Clock, Log } from '@elmetron/protocol';
import type { Metric } from './metrics.js';
import { STATES, type StateCode } from './states.js';

export type HealthStatus = 'ok' | 'degraded' | 'critical';
export type ReasonLevel = Exclude<HealthStatus, 'ok'>;

export interface HealthReason {
  readonly code: StateCode;
  readonly level: ReasonLevel;
  readonly message: string;
  /** What it concerns, where there may be several of a kind: a path, an endpoint, a consumer. */
  readonly about?: string;
  /** UTC, ISO 8601, when it was raised first. */
  readonly since: string;
}

export class Health {
  /** What else the health page shows: flat figures of the process, read at each request. */
  figures: () => object = () => ({});
  /** The same for Prometheus, beside what `metrics()` adds. */
  processMetrics: () => readonly Metric[] = () => [];
  readonly #reasons = new Map<string, HealthReason>();
  /** On the monotonic clock: the other one may be set meanwhile. */
  readonly #raisedAt = new Map<string, number>();
  readonly #log: Log;
  readonly #clock: Clock;

  constructor(parts: { log: Log; clock: Clock }) {
    this.#log = parts.log;
    this.#clock = parts.clock;
  }

  /**
   * States a reason; true when it is new, which is logged. Raised again it takes the new message.
   * @param message what happened, to what, and what the person can do
   */
  raise(code: StateCode, message: string, { about }: { readonly about?: string } = {}): boolean {
    const { level } = STATES[code];
    const known = this.#reasons.get(key(code, about));
    const since = known?.since ?? new Date(this.#clock.now()).toISOString();
    const concerns = about === undefined ? {} : { about };
    this.#reasons.set(key(code, about), { code, level, message, ...concerns, since });
    if (known !== undefined) return false;
    this.#raisedAt.set(key(code, about), this.#clock.monotonic());
    const fields = { reason: code, ...concerns, level_of_reason: level, status: this.status };
    if (level === 'critical') this.#log.error(fields, message);
    else this.#log.warn(fields, message);
    return true;
  }

  /** Takes a reason back, which is logged; does nothing when it was not raised. */
  clear(code: StateCode, about?: string): void {
    const reason = this.#reasons.get(key(code, about));
    if (reason === undefined) return;
    this.#reasons.delete(key(code, about));
    const now = this.#clock.monotonic();
    const seconds = Math.round((now - (this.#raisedAt.get(key(code, about)) ?? now)) / 1000);
    this.#raisedAt.delete(key(code, about));
    const concerns = about === undefined ? {} : { about };
    const fields = { reason: code, ...concerns, status: this.status, seconds };
    this.#log.info(fields, `over: ${reason.message}`);
  }

  /** Whether it is raised now. */
  has(code: StateCode, about?: string): boolean {
    return this.#reasons.has(key(code, about));
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

  /** What `GET /metrics` shows. */
  metrics(): readonly Metric[] {
    const { status } = this;
    return [
      {
        name: 'elmetron_status',
        help: 'State of health: 1 for the one it is in, 0 for the others.',
        type: 'gauge',
        samples: STATUSES.map((name) => ({ value: name === status, labels: { status: name } })),
      },
      {
        name: 'elmetron_reason',
        help: 'What is wrong right now, by code: 1 for each. None when all is well.',
        type: 'gauge',
        samples: this.reasons.map(({ code, level, about = '' }) => ({
          value: 1,
          labels: { code, level, about },
        })),
      },
      ...this.processMetrics(),
    ];
  }
}

const STATUSES: readonly HealthStatus[] = ['ok', 'degraded', 'critical'];

function key(code: StateCode, about = ''): string {
  return `${code} ${about}`;
}
