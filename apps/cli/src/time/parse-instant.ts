/**
 * Points in time as people write them on a command line:
 *
 * ```
 *   2026-11-27                 midnight, on the clock of this computer
 *   2026-11-27T14:30[:05[.5]]  on the clock of this computer ("2026-11-27 14:30" too)
 *   2026-11-27T14:30Z, …+01:00 where the zone is said
 *   90s  30m  2h  7d  1w       so long ago
 *   now
 * ```
 */
import { CliError } from '../cli-error.js';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** Years of four digits: all that a database and a note have room for. */
const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * Milliseconds since 1970.
 * @param what the option, for the message
 * @throws CliError `usage`
 */
export function parseInstant(text: string, what: string, now: number): number {
  const written = text.trim();
  if (written === 'now') return now;
  const ago = parseAge(written);
  const instant = ago === undefined ? calendar(written) : now - ago;
  if (instant === undefined || !(instant >= FIRST && instant <= LAST)) {
    throw new CliError(
      'usage',
      `${what} ${text}: allowed are 2026-11-27, 2026-11-27T14:30, with Z or +01:00 where another zone than this computer's is meant, or an age such as 90m, 2h, 7d.`,
    );
  }
  return instant;
}

/** `7d` in milliseconds; undefined when it is no length of time. */
export function parseAge(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([smhdw])$/.exec(text.trim()) ?? [];
  const ms = UNIT_MS[unit];
  return number === undefined || ms === undefined ? undefined : Number(number) * ms;
}

function calendar(written: string): number | undefined {
  const [, day = '', clock = '00:00', zone = ''] =
    TIME.exec(written) ?? (DATE.test(written) ? [written, written] : []);
  const [, year, month, date] = DATE.exec(day) ?? [];
  if (year === undefined) return undefined;
  // The 31st of April would become the 1st of May.
  const check = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  if (check.getUTCMonth() !== Number(month) - 1) return undefined;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return Date.parse(`${day}T${clock}${offset.toUpperCase()}`);
}
