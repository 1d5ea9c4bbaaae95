/** How far the bench is, for a person at a terminal; everybody else waits for the table. */
import { SingleBar } from 'cli-progress';

/** Parts of a step that are told apart on the bar. */
const PARTS = 100;

export interface Progress {
  /** `step` of `steps` is `share` (0 to 1) done. */
  readonly show: (step: number, steps: number, share: number, what: string) => void;
  /** Takes the bar off the screen again. */
  readonly end: () => void;
}

export function progressTo(stream: NodeJS.WritableStream & { readonly isTTY?: boolean }): Progress {
  if (stream.isTTY !== true) return { show() {}, end() {} };
  const bar = new SingleBar({
    format: `{bar} {percentage} %  {what}`,
    stream,
    clearOnComplete: true,
    hideCursor: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  let begun = false;
  return {
    show: (step, steps, share, what) => {
      if (!begun) bar.start(steps * PARTS, 0, { what });
      begun = true;
      bar.update(Math.floor((step + Math.min(1, share)) * PARTS), { what });
    },
    end: () => bar.stop(),
  };
}
