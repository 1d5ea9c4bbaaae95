/** The result for a person: every figure of one bench beside the others, then the targets. */
import type { Bound, Judged } from '../targets.js';
import type { Figure } from '../measurement.js';
import type { Results } from '../results.js';
import { median, spread } from '../statistics.js';
import { percent, shown } from './numbers.js';

type Row = readonly [what: string, value: string, unit: string, more: string];

export function table(results: Results, judged: readonly Judged[]): string {
  const { machine, measured } = results;
  const width = Math.max(
    0,
    ...measured.flatMap(({ figures }) => figures.map(({ title }) => title.length)),
    ...judged.map(({ target }) => target.title.length),
  );
  const line = ([what, value, unit, more]: Row): string =>
    `  ${what.padEnd(width)}  ${value.padStart(10)} ${unit.padEnd(11)} ${more}`.trimEnd();
  return [
    '',
    `${machine.processor}, ${machine.processors} processors, Node ${machine.node.slice(1)}, Linux ${machine.kernel}`,
    `${results.quick ? 'Quick: less work, and figures that say less. ' : ''}Medians; ± is half the way from the least to the most run.`,
    ...measured.flatMap(({ title, figures, failed, leftOut }) => [
      '',
      title,
      ...figures.map((figure) => line(figureRow(figure))),
      ...(failed === undefined ? [] : [`  NOT MEASURED: ${failed}`]),
      ...(leftOut === undefined ? [] : [`  not measured: ${leftOut}`]),
    ]),
    '',
    'Targets',
    ...judged.map((one) => line(targetRow(one))),
    '',
  ].join('\n');
}

function figureRow({ title, unit, runs }: Figure): Row {
  if (runs.length === 0) return [title, '—', '', 'not measured'];
  const more = runs.length === 1 ? '' : `±${percent(spread(runs))} in ${runs.length} runs`;
  return [title, shown(median(runs)), unit, more];
}

function targetRow({ target, value, met }: Judged): Row {
  const bound = boundText(target.bound);
  if (value === undefined) return [target.title, '—', '', `${bound}: not measured`];
  return [target.title, shown(value), target.unit, `${bound}: ${met === true ? 'ok' : 'MISSED'}`];
}

function boundText(bound: Bound): string {
  return 'least' in bound ? `at least ${bound.least}` : `at most ${bound.most}`;
}
