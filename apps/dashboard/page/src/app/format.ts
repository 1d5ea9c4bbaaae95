/** How numbers, times and lengths are written on the page. Values always with a point, as the meter does. */

export const NOTHING = '—';

/** `value` with so many decimals. */
export function valueText(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  const text = value.toFixed(decimals);
  // Rounding may leave a sign before nothing.
  return /^-0(\.0*)?$/.test(text) && Object.is(Number(text), -0) ? text.slice(1) : text;
}

/** A standard deviation: a digit finer than the values, and always two that say something. */
export function deviationText(deviation: number | null, decimals: number): string {
  if (deviation === null || !Number.isFinite(deviation)) return NOTHING;
  const needed = deviation > 0 ? 1 - Math.floor(Math.log10(deviation)) : 0;
  return valueText(deviation, Math.min(12, Math.max(decimals + 1, needed)));
}

/** With its unit; a value that could not be read says so. */
export function quantityText(value: number | null, unit: string, decimals: number): string {
  const text = value === null ? 'unreadable' : valueText(value, decimals);
  return unit === '' ? text : `${text} ${unit}`;
}

/** A length of time in its two largest units: `45 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`. */
export function durationText(ms: number): string {
  const [days, hours, minutes, seconds] = clockParts(Math.max(0, ms));
  if (days > 0) return two(`${days} d`, hours, 'h');
  if (hours > 0) return two(`${hours} h`, minutes, 'min');
  if (minutes > 0) return two(`${minutes} min`, seconds, 's');
  return `${seconds} s`;
}

/** Whole days, hours, minutes and seconds. */
function clockParts(ms: number): [number, number, number, number] {
  const whole = Math.floor(ms / 1000);
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  return [Math.floor(whole / 86_400), hours % 24, minutes % 60, whole % 60];
}

const two = (first: string, count: number, unit: string): string =>
  count === 0 ? first : `${first} ${count} ${unit}`;

/** A step of time as exactly as it is: `0.5 s`, `12 s`, `2 min`. */
export function stepText(ms: number): string {
  if (ms < 10_000) return `${String(Math.round(ms / 100) / 10)} s`;
  return durationText(Math.round(ms / 1000) * 1000);
}

/** Time since the start of something: `0:05`, `12:34`, `1:02:03`, `2 d 01:02:03`; below a second with ms. */
export function elapsedText(ms: number, withMs = false): string {
  const sign = ms < 0 ? '-' : '';
  const [days, hours, minutes, seconds] = clockParts(Math.abs(ms));
  const fine = withMs ? `.${String(Math.floor(Math.abs(ms)) % 1000).padStart(3, '0')}` : '';
  const end = `${pad(seconds)}${fine}`;
  if (days > 0) return `${sign}${days} d ${pad(hours)}:${pad(minutes)}:${end}`;
  if (hours > 0) return `${sign}${hours}:${pad(minutes)}:${end}`;
  return `${sign}${minutes}:${end}`;
}

const pad = (n: number): string => String(n).padStart(2, '0');

/** `512 B`, `1.5 MB`, in steps of 1000 as disks are sold. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let [value, at] = [bytes, 0];
  while (Math.abs(value) >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at++;
  }
  const digits = at === 0 || Math.abs(value) >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[at] ?? ''}`;
}

/** With thin spaces between thousands; for counts, never for values. */
export const countText = (count: number): string =>
  String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** `1 reading`, `2 readings` */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;
