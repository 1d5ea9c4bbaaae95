/** What may change or hang under a rebuild that reads beside living writers. */
import { execFileSync } from 'node:child_process';
import { symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeFileSystem } from '../buffer/file-system.js';
import { bufferFileName } from '../buffer/index.js';
import { newContext } from './recovery-context.js';
import { replayEverything, type ReplayedEverything } from './replay-everything.js';
import { Bench, linesOf, measurements, OTHER_RUN, RUN, SESSION, start } from './testing/bench.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

async function replay(fs = nodeFileSystem()): Promise<ReplayedEverything> {
  const context = newContext({ ...bench.options(), fs }, () => undefined);
  return replayEverything(bench.captures, false, context, undefined);
}

it('goes on without an archive that is removed, being too old, before it is read', async () => {
  for (const from of [1, 11]) {
    bench.buffer(linesOf([start(), ...measurements(from, from + 9)]), RUN, SESSION, from);
    await bench.recover({ archiveDays: 30 });
  }
  await bench.closeStores();
  const disk = nodeFileSystem();
  const [first = ''] = bench.names('archive').filter((name) => name.endsWith('.gz'));
  const pruning = {
    ...disk,
    stat: async (path: string) => {
      const found = await disk.stat(path);
      if (path.endsWith(first)) unlinkSync(path);
      return found;
    },
  };
  const { archives, finished, unreadable } = await replay(pruning);
  expect({ archives, finished }).toEqual({ archives: 2, finished: true });
  expect(unreadable).toEqual([expect.stringContaining(`${first}: it was too old, and removed`)]);
});

it.runIf(process.platform !== 'win32')('leaves alone what may have no end', async () => {
  const [pipe = '', endless = ''] = [1, 2].map((n) => bufferFileName(SESSION, RUN, n));
  execFileSync('mkfifo', [join(bench.captures, pipe)]);
  symlinkSync('/dev/zero', join(bench.captures, endless));
  bench.buffer(linesOf([start(), ...measurements(1, 3)]), OTHER_RUN);
  const { measurements: taken, unreadable } = await replay();
  expect(taken).toBe(3);
  const irregular: unknown = expect.stringContaining('is no regular file');
  expect(unreadable).toEqual([irregular, irregular]);
});
