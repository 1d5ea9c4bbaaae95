/** Moments in the time of the person who looks: dates as their language writes them, the day in 24 hours. */

const DATE = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

/** `14:03:22` */
export function clockText(at: number): string {
  const date = new Date(at);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** `14:03:22.125` */
export const clockMsText = (at: number): string =>
  `${clockText(at)}.${pad(new Date(at).getMilliseconds(), 3)}`;

/** `14:03` */
export const minuteText = (at: number): string => clockText(at).slice(0, 5);

/** `5 Nov 2026`, in the reader's language. */
export const dateText = (at: number): string => DATE.format(at);

/** `5 Nov` */
export const dayText = (at: number): string => DAY.format(at);

export const dateTimeText = (at: number): string => `${dateText(at)}, ${clockText(at)}`;

/** The clock alone when it is today's. */
export const momentText = (at: number, now: number): string =>
  new Date(at).toDateString() === new Date(now).toDateString()
    ? clockText(at)
    : `${dayText(at)}, ${clockText(at)}`;

/** Of ISO text; null when it says no time. */
export function parseTime(text: string | null): number | null {
  if (text === null) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
