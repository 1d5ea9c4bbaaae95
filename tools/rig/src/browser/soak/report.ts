/** What the samples of a soak say, for people, and whether it is good. */
import { quantile } from '../quantile.js';
import type { Sample } from './probe.js';

type Figure = Exclude<keyof Sample, 'at'>;

const TITLES: Readonly<Record<Figure, string>> = {
  heapMiB: 'heap of the page after collection, MiB',
  nodes: 'DOM nodes',
  listeners: 'event listeners',
  serverMiB: 'resident memory of the server, MiB',
  serverCpu: 'processor time of the server, %',
  longTasks: 'tasks of more than 50 ms, per look',
  longestTaskMs: 'longest task, ms',
  frameP99Ms: 'between two frames, p99, ms',
  longestFrameMs: 'longest time between two frames, ms',
  readings: 'readings of the one meter watched, per look',
  delayP50Ms: 'reading to screen, p50, ms',
  delayP99Ms: 'reading to screen, p99, ms',
  longestDelayMs: 'longest from reading to screen, ms',
};
const FIGURES = Object.keys(TITLES) as Figure[];

/** The first looks have the page's start in them: code is compiled, and ten minutes of curve have to fill. */
const WARM = 0.2;
/** So much of the whole makes the start, the middle and the end. */
const PART = 0.1;

export function line(sample: Sample): string {
  const of = FIGURES.map((figure) => `${figure} ${round(sample[figure])}`);
  return `${sample.at.toFixed(0).padStart(5)} s  ${of.join('  ')}`;
}

/** Medians of three parts, and the worst of all. */
export function table(samples: readonly Sample[]): string {
  const { start, middle, end } = parts(samples);
  const rows = FIGURES.map((figure) => {
    const cells = [start, middle, end].map((part) => round(median(part, figure)));
    const most = round(
      Math.max(...samples.map((sample) => sample[figure]).filter(Number.isFinite)),
    );
    return `| ${[TITLES[figure], ...cells, most].join(' | ')} |`;
  });
  const head = '| figure | start | middle | end | most |\n| --- | --- | --- | --- | --- |';
  return `${samples.length} looks\n${head}\n${rows.join('\n')}`;
}

/** What is wrong: empty when it neither grew nor was held up. */
export function verdict(samples: readonly Sample[]): string[] {
  const { start, end } = parts(samples);
  const wrong: string[] = [];
  const grows = (figure: Figure, factor: number, more: number): void => {
    const [before, after] = [median(start, figure), median(end, figure)];
    if (!(after <= before * factor + more))
      wrong.push(`${TITLES[figure]}: ${round(before)} at the start, ${round(after)} at the end`);
  };
  grows('heapMiB', 1.1, 3);
  grows('nodes', 1.1, 200);
  grows('listeners', 1.1, 50);
  grows('serverMiB', 1.15, 20);
  grows('frameP99Ms', 1.5, 17);
  grows('delayP99Ms', 1.5, 30);
  const late = samples.filter(({ delayP50Ms: p50 }) => !(p50 <= 250)).length;
  if (late > 0) wrong.push(`reading to screen: the median was above 250 ms in ${late} looks`);
  return wrong;
}

function parts(samples: readonly Sample[]): Record<'start' | 'middle' | 'end', readonly Sample[]> {
  const warm = samples.slice(Math.floor(samples.length * WARM));
  const size = Math.max(1, Math.round(samples.length * PART));
  const middle = Math.max(0, Math.floor((warm.length - size) / 2));
  return {
    start: warm.slice(0, size),
    middle: warm.slice(middle, middle + size),
    end: warm.slice(-size),
  };
}

function median(samples: readonly Sample[], figure: Figure): number {
  return quantile(
    samples.map((sample) => sample[figure]),
    0.5,
  );
}

function round(value: number): string {
  return value.toFixed(Math.abs(value) < 100 ? 1 : 0);
}
