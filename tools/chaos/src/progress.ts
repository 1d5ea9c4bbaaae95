/** How far the run is, for a person at a terminal; everybody else waits for the table. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  readonly show: (done: number, doing: string) => void;
  /** Takes the bar off the screen again. */
  readonly end: () => void;
}

export function progressTo(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
  total: number,
  unit: string,
): Progress {
  if (stream.isTTY !== true) return { show() {}, end() {} };
  const bar = new SingleBar({
    format: `{bar} {value}/{total} ${unit}  {doing}`,
    stream,
    clearOnComplete: true,
    hideCursor: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(total, 0, { doing: 'starting' });
  return {
    show: (done, doing) => bar.update(Math.min(done, total), { doing }),
    end: () => bar.stop(),
  };
}
