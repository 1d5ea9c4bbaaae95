/**
 * Whether the product has become slower: ratios of now beside ratios that were stored. Ratios, not times, because
 * both sides of each are measured in the same bench, so that a slow machine is no regression.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Judged } from './targets.js';

/** What the medians of a quick bench may be off by without a cause, as a share of what is stored. */
export const TOLERANCE = 0.3;

/** Targets whose figures come from the measurements below. What the disk writes at a pace depends on who else works. */
const COMPARED = [
  'end_to_end_to_base_line',
  'end_to_end_to_ceiling',
  'recovery_to_base_line',
  'database_bytes',
];
export const CHECKED_MEASUREMENTS = [
  'end-to-end',
  'baseline',
  'limits',
  'recovery',
  'database-size',
];

export type StoredRatios = Readonly<Record<string, number>>;

export interface Compared {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly stored: number | undefined;
  readonly now: number | undefined;
  /** By how much it is better (more than 0) or worse, as a share of what is stored. */
  readonly better: number | undefined;
  /** Worse by more than is tolerated, or not measured although it was stored. */
  readonly worse: boolean;
}

export function compare(judged: readonly Judged[], stored: StoredRatios): Compared[] {
  return judged
    .filter(({ target }) => COMPARED.includes(target.name))
    .map(({ target: { name, title, unit, bound }, value: now }) => {
      const was = stored[name];
      if (was === undefined || now === undefined) {
        const worse = was !== undefined;
        return { name, title, unit, stored: was, now, better: undefined, worse };
      }
      const change = (now - was) / was;
      const better = 'least' in bound ? change : -change;
      return { name, title, unit, stored: was, now, better, worse: better < -TOLERANCE };
    });
}

export function readRatios(path: string): StoredRatios {
  const { ratios } = JSON.parse(readFileSync(path, 'utf8')) as { readonly ratios: StoredRatios };
  return ratios;
}

/** What was not measured is not stored. */
export function storeRatios(path: string, judged: readonly Judged[]): void {
  const ratios = Object.fromEntries(
    judged
      .filter(({ target, value }) => COMPARED.includes(target.name) && value !== undefined)
      .map(({ target, value }) => [target.name, Number(value?.toPrecision(4))]),
  );
  writeFileSync(path, `${JSON.stringify({ v: 1, tolerance: TOLERANCE, ratios }, null, 2)}\n`);
}
