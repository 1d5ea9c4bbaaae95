/** `YYYY-MM-DDTHH:MM:SS`, a day and a time of it as a calendar has them, without zone. */

export const CIVIL_TIME_LENGTH = 19;

const [ZERO, HYPHEN, COLON, T] = [0x30, 0x2d, 0x3a, 0x54];

/** Days of each month; February's 29th needs a look at the year. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** After so many the calendar is the same again. */
const CYCLE = { years: 400, seconds: 146_097 * 86_400 };

/** Seconds since 1970 as if it were UTC; NaN when no such time stands there. */
export function civilSecondsAt(bytes: Uint8Array, at: number): number {
  const hasForm =
    at + CIVIL_TIME_LENGTH <= bytes.length &&
    bytes[at + 4] === HYPHEN &&
    bytes[at + 7] === HYPHEN &&
    bytes[at + 10] === T &&
    bytes[at + 13] === COLON &&
    bytes[at + 16] === COLON;
  if (!hasForm) return NaN;
  const year = 100 * two(bytes, at) + two(bytes, at + 2);
  const [month, day] = [two(bytes, at + 5), two(bytes, at + 8)];
  const [hour, minute, second] = [two(bytes, at + 11), two(bytes, at + 14), two(bytes, at + 17)];
  // What is no digit makes NaN, and every comparison with it false.
  const exists =
    year >= 0 &&
    day >= 1 &&
    day <= (DAYS[month - 1] ?? 0) &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    (month !== 2 || day < 29 || isLeap(year));
  if (!exists) return NaN;
  // Of the years 0 to 99 JavaScript makes ones of the last century.
  const later = Date.UTC(year + CYCLE.years, month - 1, day, hour, minute, second) / 1000;
  return later - CYCLE.seconds;
}

/** −1 for what is no digit. */
export function digitAt(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return -1;
  const value = (bytes[at] ?? 0) - ZERO;
  return value >= 0 && value <= 9 ? value : -1;
}

/** The number of two digits; NaN for what is none. */
function two(bytes: Uint8Array, at: number): number {
  const tens = digitAt(bytes, at);
  const ones = digitAt(bytes, at + 1);
  return tens < 0 || ones < 0 ? NaN : 10 * tens + ones;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
