/**
 * Watches the readings for what somebody at the bench wants to be told: a value beyond a limit, one that
 * does not settle, none at all. Each alarm is entered and left once, as an event of the session, a state of
 * health and a call of the hook.
 *
 * ```
 *   recorder ──reading──▶ value alarms ─┐                ┌▶ journal (event of the session)
 *      └──────pulse─────▶ no reading ───┴─entered, left──┼▶ health
 *                                                        └▶ hook/ (a queue, beside the capture)
 * ```
 */
import type { Clock, Log } from '@elmetron/protocol';
import type { AlarmsConfig, Health, StateCode } from '@elmetron/runtime';
import type { Arrival, Reading } from '../meter/reading.js';
import type { Journal } from '../session/journal.js';
import { utc, type SessionEvent } from '../session/session.js';
import { limitKept, limitPassed, nothingRead, readAgain } from './alarm-events.js';
import type { HookQueue } from './hook/hook-queue.js';
import { hookSettings } from './hook/hook-settings.js';
import { NoReadingAlarm } from './no-reading-alarm.js';
import { sameRule, valueRules, type AlarmKind } from './rule.js';
import { ValueAlarm, type Entered, type Left, type LeftBecause } from './value-alarm.js';

export interface AlarmWatchParts {
  readonly source: string;
  readonly journal: Pick<Journal, 'event' | 'session'>;
  readonly hook: Pick<HookQueue, 'tell' | 'use'>;
  readonly clock: Clock;
  readonly health: Health;
  readonly log: Log;
}

/** An alarm as the health page shows it. */
export interface AlarmFigure {
  readonly alarm: AlarmKind;
  readonly unit: string | null;
  readonly limit: number;
  readonly active: boolean;
  /** UTC, ISO 8601, when it was entered. */
  readonly since: string | null;
}

const STATES = {
  high: 'alarm_high',
  low: 'alarm_low',
  unstable: 'alarm_unstable',
  no_reading: 'alarm_no_reading',
} as const satisfies Record<AlarmKind, StateCode>;

export class AlarmWatch {
  /** How many have been entered since the process began. */
  entered = 0;
  readonly #parts: AlarmWatchParts;
  #values: readonly ValueAlarm[];
  #noReading: NoReadingAlarm;
  #unit: string | undefined;

  constructor(parts: AlarmWatchParts, config: AlarmsConfig) {
    this.#parts = parts;
    this.#values = valueRules(config).map((rule) => new ValueAlarm(rule));
    this.#noReading = new NoReadingAlarm(config.no_reading_s * 1000, this.#now());
  }

  /** A reading of the session's meter, in its order. */
  reading(reading: Reading): void {
    const { value, unit } = reading.decoded;
    this.#sayUnwatched(unit);
    if (value !== null) this.#readAgain('back', reading);
    for (const alarm of this.#values) {
      if (alarm.rule.unit !== unit) this.#left(alarm, alarm.otherUnit(reading));
      else if (value !== null) this.#change(alarm, alarm.take(value, reading));
    }
  }

  /** To be called about once a second. */
  pulse(): void {
    const nothing = this.#noReading.check(this.#now());
    if (nothing !== undefined) this.#enter('no_reading', nothingRead(this.#noReading, nothing));
  }

  /** A session is about to end: what was entered in it is left in it. */
  endSession(): void {
    this.#endAll('session_ended');
    this.#unit = undefined;
  }

  /** Other limits, and another hook, from now on; alarms of limits that stay as they are stay too. */
  use(config: AlarmsConfig): void {
    const rules = valueRules(config);
    const kept = this.#values.filter(({ rule }) => rules.some((other) => sameRule(rule, other)));
    for (const alarm of this.#values) {
      if (!kept.includes(alarm)) this.#left(alarm, alarm.end('configuration', this.#now()));
    }
    this.#values = rules.map(
      (rule) => kept.find((alarm) => sameRule(alarm.rule, rule)) ?? new ValueAlarm(rule),
    );
    this.#unit = undefined;
    const afterMs = config.no_reading_s * 1000;
    if (afterMs !== this.#noReading.afterMs) {
      this.#readAgain('configuration', this.#now());
      this.#noReading = new NoReadingAlarm(afterMs, this.#now());
    }
    this.#parts.hook.use(hookSettings(config));
  }

  figures(): readonly AlarmFigure[] {
    const values = this.#values.map(({ rule, entered }) => ({
      alarm: rule.kind,
      unit: rule.unit,
      limit: rule.limit,
      active: entered !== undefined,
      since: entered === undefined ? null : utc(entered.at.at),
    }));
    const { afterMs, entered } = this.#noReading;
    if (afterMs === 0) return values;
    const since = entered === undefined ? null : utc(entered.at.at);
    const active = entered !== undefined;
    return [...values, { alarm: 'no_reading', unit: null, limit: afterMs / 1000, active, since }];
  }

  #endAll(why: LeftBecause): void {
    const now = this.#now();
    for (const alarm of this.#values) this.#left(alarm, alarm.end(why, now));
    this.#readAgain(why, now);
  }

  #readAgain(why: LeftBecause, at: Arrival): void {
    const again = this.#noReading.end(why, at);
    if (again !== undefined) this.#leave('no_reading', readAgain(this.#noReading, again));
  }

  #change(alarm: ValueAlarm, change: Entered | Left | undefined): void {
    if (change?.what === 'left') this.#left(alarm, change);
    if (change?.what !== 'entered') return;
    this.#enter(alarm.rule.kind, limitPassed(alarm.rule, change), alarm.rule.unit);
  }

  #left({ rule }: ValueAlarm, left: Left | undefined): void {
    if (left !== undefined) this.#leave(rule.kind, limitKept(rule, left), rule.unit);
  }

  #enter(kind: AlarmKind, event: SessionEvent, unit?: string): void {
    this.entered++;
    const about = unit === undefined ? {} : { about: unit };
    this.#parts.health.raise(STATES[kind], `alarm: ${event.message}`, about);
    this.#tell(event);
  }

  #leave(kind: AlarmKind, event: SessionEvent, unit?: string): void {
    this.#parts.health.clear(STATES[kind], unit);
    this.#tell(event);
  }

  #tell(event: SessionEvent): void {
    const { source, journal, hook } = this.#parts;
    journal.event(event);
    const { session } = journal;
    const { what, ...rest } = event.payload;
    hook.tell({
      event: what === 'left' ? 'left' : 'entered',
      message: event.message,
      at: utc(this.#now().at),
      source,
      session: session?.id ?? null,
      model: session?.origin.device.model ?? null,
      serial: session?.origin.device.serial ?? null,
      emulated: session?.emulated ?? null,
      ...(rest as Readonly<Record<string, string | number>>),
    });
  }

  /** Limits for a unit that is mistyped would watch nothing, and nobody would know. */
  #sayUnwatched(unit: string): void {
    if (unit === this.#unit) return;
    this.#unit = unit;
    const units = [...new Set(this.#values.map(({ rule }) => rule.unit))];
    if (units.length === 0 || units.includes(unit)) return;
    this.#parts.log.warn(
      { unit, units },
      `the meter shows "${unit}", for which [alarms] has no limits (it has for: "${units.join('", "')}")`,
    );
  }

  #now(): Arrival {
    const { clock } = this.#parts;
    return { at: clock.now(), monotonic: clock.monotonic() };
  }
}
