/** A curve in words: where the cursor is, and what all of it shows. */
import { countOf, elapsedText, quantityText, valueText } from '../app/format.js';
import { clockMsText, clockText, dateText } from '../app/time.js';
import { MARK_OF, WHY_MARKED } from '../live/origin.js';
import { summaryOf, type At, type Picture } from './picture.js';

/** A point's moment, as finely as what is shown is. */
export function momentOf(picture: Picture, x: number): string {
  const fine = picture.to - picture.from < 20_000;
  if (picture.elapsed) return elapsedText(x, fine);
  const time = fine ? clockMsText(x) : clockText(x);
  return picture.to - picture.from > 20 * 3_600_000 ? `${dateText(x)}, ${time}` : time;
}

export function readingText({ line, low, high }: At): string {
  if (low === null || high === null || low === high)
    return quantityText(low, line.unit, line.decimals);
  return `${valueText(low, line.decimals)} to ${quantityText(high, line.unit, line.decimals)}`;
}

export function summaryText(picture: Picture): string {
  const when = picture.elapsed
    ? `from ${elapsedText(picture.from)} to ${elapsedText(picture.to)} after the start`
    : `from ${momentOf(picture, picture.from)} to ${momentOf(picture, picture.to)}`;
  const each = picture.lines.map((line) => {
    const found = summaryOf(line, picture.from, picture.to);
    if (found === null) return `${line.label}: no readings.`;
    const say = (value: number): string => valueText(value, line.decimals);
    const gaps = found.breaks === 0 ? 'no gaps' : countOf(found.breaks, 'gap');
    return `${line.label}: lowest ${say(found.least)}, highest ${say(found.greatest)}, last ${say(found.last)} ${line.unit}, ${gaps}.`;
  });
  const marks = picture.marks.length === 0 ? [] : [`${countOf(picture.marks.length, 'mark')}.`];
  const mark = MARK_OF[picture.origin];
  const emulated = mark === null ? [] : [`${mark}, ${WHY_MARKED[picture.origin]}.`];
  return [
    ...emulated,
    `Curve ${when}.`,
    ...(each.length > 0 ? each : ['No readings.']),
    ...marks,
  ].join(' ');
}
