/** Shows a person at a terminal how far something long is; nothing anywhere else. */
import { createRequire } from 'node:module';
import type * as CliProgress from 'cli-progress';
import { coloured, type Voice } from './voice.js';

export interface ProgressBar {
  readonly show: (done: number) => void;
  /** Takes the bar off the screen again. */
  readonly end: () => void;
}

/** @param total what `done` is at the end */
export function progressBar(voice: Voice, what: string, total: number): ProgressBar {
  const stream = voice.screen;
  if (stream === undefined || voice.json) return { show() {}, end() {} };
  const { SingleBar } = createRequire(import.meta.url)('cli-progress') as typeof CliProgress;
  const bar = coloured(stream, voice.env) ? '\u001b[36m{bar}\u001b[0m' : '{bar}';
  const drawn = new SingleBar({
    format: `${what} ${bar} {percentage}% of {total}, {eta_formatted} left`,
    stream,
    clearOnComplete: true,
    hideCursor: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  drawn.start(total, 0);
  return { show: (done) => drawn.update(done), end: () => drawn.stop() };
}
