/** What stands below a curve: clock times, with the day where it changes; or time since a start. */
import { elapsedText } from '../app/format.js';
import { clockMsText, clockText, dayText, minuteText } from '../app/time.js';

const DAY = 86_400_000;

export function momentLabels(splits: readonly number[], incrMs: number): string[] {
  return splits.map((at, i) => {
    const before = splits[i - 1];
    const newDay =
      before === undefined || new Date(before).toDateString() !== new Date(at).toDateString();
    if (incrMs >= DAY) return dayText(at);
    const text = incrMs < 1000 ? clockMsText : incrMs < 60_000 ? clockText : minuteText;
    return newDay ? `${text(at)}\n${dayText(at)}` : text(at);
  });
}

export const elapsedLabels = (splits: readonly number[], incrMs: number): string[] =>
  splits.map((ms) => elapsedText(ms, incrMs < 1000));

const [S, MIN, H] = [1000, 60_000, 3_600_000];

/** Steps that a person counts time in. */
export const ELAPSED_STEPS: readonly number[] = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * S),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MIN),
  ...[1, 2, 3, 6, 12].map((n) => n * H),
  ...[1, 2, 5, 10, 20, 50, 100].map((n) => n * DAY),
];

/** Decimals that numbers `step` apart need. */
export function decimalsFor(step: number): number {
  for (let decimals = 0; decimals < 9; decimals++) {
    const scaled = step * 10 ** decimals;
    if (scaled > 0.5 && Math.abs(scaled - Math.round(scaled)) < 1e-6) return decimals;
  }
  return 9;
}
