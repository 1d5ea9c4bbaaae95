/** What is drawn beside the lines: shaded stretches and gaps, marks, and that the data is emulated. */
import type uPlot from 'uplot';
import { MARK_OF, WHY_MARKED } from '../live/origin.js';
import type { Colours } from './colours.js';
import type { Picture } from './picture.js';

const NUMBERED_AT_MOST = 40;

/** Below the lines. */
export function paintBelow(u: uPlot, picture: Picture, colours: Colours): void {
  const { ctx, bbox } = u;
  ctx.save();
  clip(u);
  const shade = (from: number, to: number, colour: string): void => {
    const [x1, x2] = [u.valToPos(from, 'x', true), u.valToPos(to, 'x', true)];
    if (x2 < bbox.left || x1 > bbox.left + bbox.width) return;
    ctx.fillStyle = colour;
    ctx.fillRect(x1, bbox.top, Math.max(x2 - x1, ratioOf(u)), bbox.height);
  };
  for (const { from, to } of picture.stretches) shade(from, to, colours.stretch);
  for (const { kind, at, until } of picture.marks)
    if (kind === 'gap' && until !== null) shade(at, until, colours.gap);
  const mark = MARK_OF[picture.origin];
  if (mark !== null) watermark(u, colours, mark);
  ctx.restore();
}

/** Above the lines. */
export function paintAbove(u: uPlot, picture: Picture, colours: Colours, compact: boolean): void {
  const { ctx, bbox } = u;
  const pxRatio = ratioOf(u);
  const seen = picture.marks.filter(({ at }) => at >= picture.from && at <= picture.to);
  ctx.save();
  clip(u);
  ctx.lineWidth = pxRatio;
  for (const { at, level, kind } of seen) {
    const x = Math.round(u.valToPos(at, 'x', true)) + pxRatio / 2;
    ctx.strokeStyle = colours.level[level];
    ctx.setLineDash(kind === 'note' ? [] : [4 * pxRatio, 3 * pxRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  if (!compact && seen.length <= NUMBERED_AT_MOST) for (const mark of seen) flag(u, mark, colours);
  ctx.restore();
  const mark = MARK_OF[picture.origin];
  if (mark !== null) badge(u, colours, mark, WHY_MARKED[picture.origin], compact);
}

/** The number that the mark has in the list. */
function flag(u: uPlot, { at, level, number }: Picture['marks'][number], colours: Colours): void {
  const { ctx, bbox } = u;
  const pxRatio = ratioOf(u);
  const text = String(number);
  ctx.font = fontOf(11 * pxRatio, 600);
  const width = ctx.measureText(text).width + 8 * pxRatio;
  const height = 16 * pxRatio;
  const x = u.valToPos(at, 'x', true);
  // At the right edge it hangs to the left of its line.
  const left = x + width > bbox.left + bbox.width ? x - width : x;
  ctx.fillStyle = colours.level[level];
  ctx.fillRect(left, bbox.top, width, height);
  ctx.fillStyle = colours.surface;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.fillText(text, left + 4 * pxRatio, bbox.top + height / 2 + pxRatio / 2);
}

/** Across the whole picture, so that no part cut out of it can be taken for a real one. */
function watermark(u: uPlot, colours: Colours, mark: string): void {
  const { ctx, bbox } = u;
  const pxRatio = ratioOf(u);
  const [wide, high] = [bbox.width / pxRatio, bbox.height / pxRatio];
  // Twice beside itself where that can still be read, once where it is narrow.
  const beside = Math.max(wide / (mark.length * 2.1), Math.min(wide / mark.length, 24));
  const fits = Math.min(44, high / 5, beside);
  const size = Math.max(14, fits) * pxRatio;
  ctx.save();
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = colours.emulated;
  ctx.font = fontOf(size, 800);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  const width = ctx.measureText(mark).width * 1.35;
  const rows = Math.max(1, Math.floor(bbox.height / (size * 2.6)));
  const columns = Math.max(1, Math.floor(bbox.width / width));
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      ctx.save();
      ctx.translate(
        bbox.left + ((column + 0.5) * bbox.width) / columns,
        bbox.top + ((row + 0.5) * bbox.height) / rows,
      );
      ctx.rotate(-Math.PI / 14);
      ctx.fillText(mark, 0, 0);
      ctx.restore();
    }
  ctx.restore();
}

/** In the corner, as dark as it can be. */
function badge(u: uPlot, colours: Colours, mark: string, why: string, compact: boolean): void {
  const { ctx, bbox } = u;
  const pxRatio = ratioOf(u);
  ctx.save();
  ctx.font = fontOf((compact ? 9 : 11) * pxRatio, 700);
  const widthOf = (text: string): number => ctx.measureText(text).width + 10 * pxRatio;
  const whole = `${mark} – ${why}`;
  const text = compact || widthOf(whole) > bbox.width - 8 * pxRatio ? mark : whole;
  const width = widthOf(text);
  const height = (compact ? 14 : 18) * pxRatio;
  const [left, top] = [bbox.left + 4 * pxRatio, bbox.top + bbox.height - height - 4 * pxRatio];
  ctx.fillStyle = colours.emulated;
  ctx.fillRect(left, top, width, height);
  ctx.fillStyle = colours.surface;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, left + 5 * pxRatio, top + height / 2 + pxRatio / 2);
  ctx.restore();
}

function clip({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

/** Pixels of the canvas for one of the page. */
const ratioOf = ({ ctx, width }: uPlot): number => ctx.canvas.width / width;

export const fontOf = (size: number, weight = 400): string =>
  `${weight} ${size}px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif`;
