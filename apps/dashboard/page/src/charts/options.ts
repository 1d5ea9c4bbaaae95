/** How uPlot is told what a picture looks like. */
import type uPlot from 'uplot';
import { DASHES, type Colours } from './colours.js';
import { lonely, type Cell } from './join.js';
import { fontOf, paintAbove, paintBelow } from './paint.js';
import type { Line, Picture } from './picture.js';
import { rangeOf, type Range } from './range.js';
import { decimalsFor, ELAPSED_STEPS, elapsedLabels, momentLabels } from './time-axis.js';

export interface OptionsOf {
  readonly width: number;
  readonly height: number;
  /** Without axes for time, marks' numbers and cursor: a small one beside others. */
  readonly compact: boolean;
  readonly colours: Colours;
  readonly banded: readonly boolean[];
  /** What is to be shown now; asked for at each drawing. */
  readonly picture: () => Picture;
  /** Dragging a stretch shows that one. */
  readonly drag: boolean;
  readonly onCursor: (x: number | null) => void;
  readonly onSelect: (from: number, to: number) => void;
}

export function optionsOf(of: OptionsOf): uPlot.Options {
  const { width, height, compact, colours, picture } = of;
  const { lines, elapsed } = picture();
  const { series, bands } = seriesOf(lines, of.banded, colours);
  const sides = new Set(lines.map(({ side }) => side));
  return {
    width,
    height,
    ms: 1,
    pxAlign: 1,
    series,
    bands,
    scales: {
      x: { time: !elapsed, range: () => [picture().from, picture().to] },
      left: { range: steady(() => picture().lines, 'left') },
      right: { range: steady(() => picture().lines, 'right') },
    },
    axes: [
      timeAxis(colours, elapsed, !compact),
      valueAxis('left', lines, colours, true, compact),
      valueAxis('right', lines, colours, sides.has('right') && !compact, compact),
    ],
    legend: { show: false },
    padding: [
      compact ? 6 : 10,
      sides.has('right') && !compact ? 0 : elapsed ? 34 : 24,
      compact ? 4 : 0,
      0,
    ],
    cursor: {
      show: !compact,
      y: false,
      drag: { x: of.drag, y: false, setScale: false, dist: 5 },
      hover: { prox: 40, skip: [undefined, null] },
      points: { size: 9, width: 2 },
    },
    hooks: {
      drawClear: [(u) => paintBelow(u, picture(), colours)],
      draw: [(u) => paintAbove(u, picture(), colours, compact)],
      setCursor: [
        (u) => {
          const left = u.cursor.left ?? -1;
          of.onCursor(left < 0 ? null : u.posToVal(left, 'x'));
        },
      ],
      setSelect: [
        (u) => {
          const { left, width: dragged } = u.select;
          if (dragged >= 5) of.onSelect(u.posToVal(left, 'x'), u.posToVal(left + dragged, 'x'));
        },
      ],
    },
  };
}

function seriesOf(
  lines: readonly Line[],
  banded: readonly boolean[],
  colours: Colours,
): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const [i, line] of lines.entries()) {
    const stroke = colours.line[line.look] ?? colours.text;
    const one: uPlot.Series = {
      label: line.label,
      scale: line.side,
      stroke,
      width: banded[i] === true ? 1 : 1.75,
      // The line is drawn across a gap and cut there: a little more is cut, or its steep ends are seen.
      gaps: (_u, _i, _from, _to, gaps) => gaps.map(([a, b]) => [a - 1, b + 1]),
      dash: [...(DASHES[line.look] ?? [])],
      points: {
        size: 5,
        width: 1,
        stroke,
        fill: stroke,
        filter: (u, at, show) => (show ? null : lonelyOf(u, at)),
      },
    };
    series.push(one);
    if (banded[i] !== true) continue;
    series.push({ ...one });
    bands.push({ series: [series.length - 1, series.length - 2], fill: `${stroke}38` });
  }
  return { series, bands };
}

function lonelyOf(u: uPlot, at: number): number[] | null {
  const cells = u.data[at] as readonly Cell[] | undefined;
  const [from, to] = u.series[0]?.idxs ?? [0, -1];
  const found = cells === undefined ? [] : lonely(cells, from, to);
  return found.length > 0 ? found : null;
}

/** Each side keeps its range as long as it does; what it was belongs to this plot. */
function steady(lines: () => readonly Line[], side: Line['side']): uPlot.Range.Function {
  let before: Range | null = null;
  return (_u, least, greatest) => {
    const mine = lines().filter((line) => line.side === side);
    const decimals = Math.min(...mine.map((line) => line.decimals), 6);
    const found = rangeOf(least, greatest, 10 ** -decimals, before);
    if ((least as number | null) !== null) before = found;
    return [found.min, found.max];
  };
}

function timeAxis(colours: Colours, elapsed: boolean, show: boolean): uPlot.Axis {
  return {
    ...axis(colours, colours.muted),
    show,
    space: 90,
    size: 40,
    ...(elapsed && { incrs: [...ELAPSED_STEPS] }),
    values: (_u, splits, _axis, _space, incr) =>
      elapsed ? elapsedLabels(splits, incr) : momentLabels(splits, incr),
  };
}

function valueAxis(
  side: Line['side'],
  lines: readonly Line[],
  colours: Colours,
  show: boolean,
  compact: boolean,
): uPlot.Axis {
  const mine = lines.filter((line) => line.side === side);
  const [only] = mine;
  const colour = mine.length === 1 && only !== undefined ? colours.line[only.look] : undefined;
  return {
    ...axis(colours, colour ?? colours.muted),
    scale: side,
    show,
    side: side === 'left' ? 3 : 1,
    space: compact ? 28 : 38,
    size: (_u, values) => {
      const longest = Math.max(...((values as string[] | null) ?? ['']).map((text) => text.length));
      return Math.max(36, longest * 7.5 + 16);
    },
    values: (_u, splits, _axis, _space, incr) =>
      splits.map((value) => value.toFixed(decimalsFor(incr))),
    // One grid is enough: two would not agree.
    grid: { show: side === 'left', stroke: colours.grid, width: 1 },
  };
}

const axis = (colours: Colours, stroke: string): uPlot.Axis => ({
  stroke,
  font: fontOf(12),
  grid: { stroke: colours.grid, width: 1 },
  ticks: { stroke: colours.grid, width: 1, size: 5 },
  gap: 5,
});
