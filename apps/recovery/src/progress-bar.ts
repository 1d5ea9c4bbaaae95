/** Shows a person at a terminal how far a long replay is. Everybody else gets the log. */
import { basename } from 'node:path';
import { SingleBar } from 'cli-progress';
import type { RecoveryProgress } from '@elmetron/storage';

export interface ProgressBar {
  readonly show: (progress: RecoveryProgress) => void;
  /** Takes the bar off the screen again. */
  readonly end: () => void;
}

export interface Screen {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

/** A bar that shows nothing when the stream is no terminal; without colours when NO_COLOR is set. */
export function progressBar({ stream, env }: Screen): ProgressBar {
  if (stream.isTTY !== true || env['TERM'] === 'dumb') return { show() {}, end() {} };
  let bar: SingleBar | undefined;
  return {
    show: ({ bytes, totalBytes, path }) => {
      const payload = { buffer: basename(path) };
      if (bar === undefined) {
        bar = new SingleBar(barOptions(stream, env));
        bar.start(totalBytes, bytes, payload);
      } else {
        // Archive and buffers are read one after the other, each a whole of its own.
        bar.setTotal(totalBytes);
        bar.update(bytes, payload);
      }
    },
    end: () => bar?.stop(),
  };
}

function barOptions(stream: NodeJS.WritableStream, env: NodeJS.ProcessEnv) {
  const coloured = (env['NO_COLOR'] ?? '') === '';
  const bar = coloured ? '\u001b[36m{bar}\u001b[0m' : '{bar}';
  return {
    format: `Recovering ${bar} {percentage}% {buffer}`,
    stream,
    clearOnComplete: true,
    hideCursor: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  };
}
