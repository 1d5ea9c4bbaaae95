/** The clock of a time zone, fast enough for millions of instants. */
import { ReportError } from '../errors.js';

/** Offsets change at a quarter of an hour, wherever and whenever they do. */
const QUARTER_MS = 900_000;

export class ZoneClock {
  /** As the tz database calls it: `Europe/Warsaw`. */
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;
  #quarter = NaN;
  #offsetMs = 0;

  /** @throws ReportError `unknown_time_zone` when there is no such zone. */
  constructor(zone: string) {
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        timeZoneName: 'longOffset',
      });
    } catch (cause) {
      throw new ReportError(
        'unknown_time_zone',
        `${zone}: there is no such time zone; allowed are names such as Europe/Warsaw and UTC.`,
        { cause },
      );
    }
    this.zone = this.#format.resolvedOptions().timeZone;
  }

  static ofThisComputer(): ZoneClock {
    return new ZoneClock(Intl.DateTimeFormat().resolvedOptions().timeZone);
  }

  /** What the zone's clock is ahead of UTC at that instant, in ms. */
  offsetMs(instant: number): number {
    const quarter = Math.floor(instant / QUARTER_MS);
    if (quarter !== this.#quarter) {
      this.#offsetMs = this.#lookUp(instant);
      this.#quarter = quarter;
    }
    return this.#offsetMs;
  }

  /** `2026-11-27 12:30:05.123`, as spreadsheets understand it. */
  local(instant: number): string {
    const text = new Date(instant + this.offsetMs(instant)).toISOString();
    return `${text.slice(0, 10)} ${text.slice(11, 23)}`;
  }

  /** `+01:00`. */
  offset(instant: number): string {
    const minutes = Math.round(this.offsetMs(instant) / 60_000);
    const two = (n: number) => String(n).padStart(2, '0');
    const size = Math.abs(minutes);
    return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  }

  #lookUp(instant: number): number {
    const name = this.#format.formatToParts(instant).find(({ type }) => type === 'timeZoneName');
    // "GMT+05:30", and only "GMT" where there is nothing to add.
    const [, sign, hours, minutes, seconds] =
      /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name?.value ?? '') ?? [];
    const ms =
      (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
    return sign === '-' ? -ms : ms;
  }
}
