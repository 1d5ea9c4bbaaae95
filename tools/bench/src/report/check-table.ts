/** What a check found, for a person. */
import { TOLERANCE, type Compared } from '../check.js';
import { percent, shown } from './numbers.js';

export function checkTable(compared: readonly Compared[]): string {
  const width = Math.max(0, ...compared.map(({ title }) => title.length));
  const value = (number: number | undefined): string =>
    (number === undefined ? '—' : shown(number)).padStart(8);
  return [
    '',
    `Against the stored ratios; worse by more than ${percent(TOLERANCE)} fails.`,
    ...compared.map(
      ({ title, unit, stored, now, better, worse }) =>
        `  ${title.padEnd(width)}  stored ${value(stored)}  now ${value(now)} ${unit}  ${verdict(better, worse)}`,
    ),
    '',
  ].join('\n');
}

function verdict(better: number | undefined, worse: boolean): string {
  if (better === undefined) return worse ? 'NOT MEASURED' : 'not stored yet';
  const change = `${percent(Math.abs(better))} ${better < 0 ? 'worse' : 'better'}`;
  return worse ? `SLOWER: ${change}` : `ok: ${change}`;
}
