/** Instants on the clock of this computer's time zone, as a person at the bench reads them. */

/** `2026-11-27 11:30:05`; with `ms`, `2026-11-27 11:30:05.123`. */
export function localTime(instant: string | number | Date, ms = false): string {
  const date = new Date(instant);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}${ms ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : ''}`;
}
