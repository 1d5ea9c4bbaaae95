/**
 * Throughput and latency as one SVG, from the results of a bench. Written by hand because it is two lists of bars;
 * its colours hold on light and on dark ground, and it has no ground of its own.
 */
import type { Measured } from '../run-measurements.js';
import { lookupIn } from '../results.js';
import { ticks } from './axis.js';
import { shown } from './numbers.js';

const WIDTH = 760;
const LABELS = 210;
/** Room for what stands behind the longest bar. */
const BEHIND = 170;
const ROW = 26;
const BAR = 16;
const HEAD = 44;
const AXIS = 40;

interface Bar {
  readonly label: string;
  readonly value: number;
  /** Behind the bar, after its value. */
  readonly note: string;
  readonly kind: 'ours' | 'other';
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

/** Panels without a measured figure are left out; a chart of nothing says so. */
export function chart(measured: readonly Measured[]): string {
  const panels = [throughput(measured), latency(measured)].filter(({ bars }) => bars.length > 0);
  let top = 0;
  const drawn = panels.map((panel) => {
    const text = drawPanel(panel, top);
    top += heightOf(panel);
    return text;
  });
  const height = Math.max(top, HEAD);
  const body =
    panels.length > 0 ? drawn.join('\n') : text(10, 26, 'Nothing was measured.', 'title');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Throughput and latency">
<style>
text { font: 13px system-ui, sans-serif; fill: #6b7480 }
.title { font-weight: 600; font-size: 15px }
.end { text-anchor: end }
.middle { text-anchor: middle; font-size: 11px }
.ours { fill: #2f8f6b }
.other { fill: #8a93a0 }
.grid { stroke: #8a93a0; stroke-opacity: 0.35 }
</style>
${body}
</svg>
`;
}

function throughput(measured: readonly Measured[]): Panel {
  const of = lookupIn(measured);
  const base = of('baseline', 'records_per_second');
  const bar = (label: string, at: readonly [string, string], kind: Bar['kind']): Bar[] => {
    const value = of(...at);
    if (value === undefined) return [];
    const ratio =
      base === undefined || at[0] === 'baseline' ? '' : `${shown(value / base)} × base line`;
    return [{ label, value, note: ratio, kind }];
  };
  return {
    title: 'Throughput',
    unit: 'readings a second',
    bars: [
      ...bar('base line: SQLite, one by one', ['baseline', 'records_per_second'], 'other'),
      ...bar('end to end, 1 source', ['end-to-end', 'records_per_second'], 'ours'),
      ...bar('end to end, 8 sources', ['end-to-end', 'records_per_second_8_sources'], 'ours'),
      ...bar('recovery of a large buffer', ['recovery', 'records_per_second'], 'ours'),
      ...bar('limit: raw append and sync', ['limits', 'append'], 'other'),
      ...bar('limit: raw batched inserts', ['limits', 'insert'], 'other'),
    ],
  };
}

function latency(measured: readonly Measured[]): Panel {
  const of = lookupIn(measured);
  const sync = of('latency', 'disk_sync_p50');
  const bar = (label: string, figure: string, kind: Bar['kind']): Bar[] => {
    const value = of('latency', figure);
    if (value === undefined) return [];
    const ratio = sync === undefined || kind === 'other' ? '' : `${shown(value / sync)} × sync`;
    return [{ label, value, note: ratio, kind }];
  };
  return {
    title: 'Latency, last byte at the port to acknowledged',
    unit: 'milliseconds',
    bars: [
      ...bar("the disk's own sync, p50", 'disk_sync_p50', 'other'),
      ...bar('at 80 Hz, p50', 'p50_80hz', 'ours'),
      ...bar('at 80 Hz, p99', 'p99_80hz', 'ours'),
      ...bar('at 80 Hz, p99.9', 'p999_80hz', 'ours'),
      ...bar('at 1 Hz, p50', 'p50_1hz', 'ours'),
      ...bar('at 1 Hz, p99', 'p99_1hz', 'ours'),
      ...bar('at 1 Hz, p99.9', 'p999_1hz', 'ours'),
    ],
  };
}

function heightOf({ bars }: Panel): number {
  return HEAD + bars.length * ROW + AXIS;
}

function drawPanel({ title, unit, bars }: Panel, top: number): string {
  const marks = ticks(Math.max(...bars.map(({ value }) => value)));
  const most = marks.at(-1) ?? 1;
  const x = (value: number): number => round(LABELS + (value / most) * (WIDTH - LABELS - BEHIND));
  const first = top + HEAD;
  const foot = first + bars.length * ROW;
  const lines = [text(10, top + 26, title, 'title')];
  for (const mark of marks) {
    lines.push(
      `<line class="grid" x1="${x(mark)}" y1="${first - 6}" x2="${x(mark)}" y2="${foot}"/>`,
      text(x(mark), foot + 14, shown(mark), 'middle'),
    );
  }
  lines.push(text(x(most / 2), foot + 30, unit, 'middle'));
  for (const [i, { label, value, note, kind }] of bars.entries()) {
    const y = first + i * ROW;
    const behind = note === '' ? shown(value) : `${shown(value)}  (${note})`;
    lines.push(
      text(LABELS - 8, y + 13, label, 'end'),
      `<rect class="${kind}" x="${LABELS}" y="${y}" width="${round(x(value) - LABELS)}" height="${BAR}"/>`,
      text(x(value) + 6, y + 13, behind),
    );
  }
  return lines.join('\n');
}

function text(x: number, y: number, what: string, kind = ''): string {
  const of = kind === '' ? '' : ` class="${kind}"`;
  return `<text${of} x="${x}" y="${y}">${escaped(what)}</text>`;
}

function escaped(what: string): string {
  return what.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
