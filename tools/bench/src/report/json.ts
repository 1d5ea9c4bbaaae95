/** The result for a program. The chart is made from it, too. */
import type { Judged } from '../targets.js';
import type { Results } from '../results.js';
import { median, spread } from '../statistics.js';

export function asObject({ measured, ...about }: Results, judged: readonly Judged[]) {
  return {
    v: 1,
    ...about,
    measurements: measured.map(({ name, title, figures, failed, leftOut }) => ({
      name,
      title,
      failed: failed ?? null,
      left_out: leftOut ?? null,
      figures: figures.map((figure) => ({
        ...figure,
        median: figure.runs.length === 0 ? null : median(figure.runs),
        spread: figure.runs.length === 0 ? null : spread(figure.runs),
      })),
    })),
    targets: judged.map(({ target: { name, title, unit, bound }, value, met }) => ({
      name,
      title,
      unit,
      ...bound,
      value: value ?? null,
      met: met ?? null,
    })),
  };
}
