/// <reference lib="dom" />
/** What is really drawn in a curve's canvas. Handed to the page as text, see watch-text.ts. */

export interface InkOf {
  /** A colour of the style sheet, such as `--line-1`. */
  readonly colour: string;
  /** Of the plot's height, from its top: 0 … 1. */
  readonly from: number;
  readonly to: number;
}

export interface Ink {
  readonly points: number;
  /** The middle of them, of the plot's width: 0 … 1; NaN without any. */
  readonly across: number;
}

/** The points of a colour within a band of the plot inside `element`. */
export function inkIn(element: unknown, { colour, from, to }: InkOf): Ink {
  const host = element as HTMLElement;
  const canvas = host.querySelector('canvas');
  const over = host.querySelector('.u-over');
  const context = canvas?.getContext('2d');
  if (canvas === null || over === null || context === null || context === undefined)
    throw new Error('there is no plot in this element');
  const [all, plot] = [canvas.getBoundingClientRect(), over.getBoundingClientRect()];
  const scale = canvas.width / all.width;
  const left = Math.round((plot.left - all.left) * scale);
  const top = Math.round((plot.top - all.top + from * plot.height) * scale);
  const width = Math.round(plot.width * scale);
  const height = Math.max(1, Math.round((to - from) * plot.height * scale));
  const { data } = context.getImageData(left, top, width, height);
  const wanted = rgb(getComputedStyle(host).getPropertyValue(colour));
  let [points, sum] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const far = wanted.some((value, c) => Math.abs(value - (data[i + c] ?? 0)) > 40);
    if (far || (data[i + 3] ?? 0) < 100) continue;
    points++;
    sum += (i / 4) % width;
  }
  return { points, across: points === 0 ? NaN : sum / points / width };

  function rgb(text: string): number[] {
    const probe = document.createElement('canvas').getContext('2d');
    if (probe === null) throw new Error('no canvas');
    probe.fillStyle = text.trim();
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }
}
