import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bufferFileName, lockFileName } from '../buffer/index.js';
import { sessionsInBuffers } from './found-buffers.js';
import { Bench, OTHER_RUN, OTHER_SESSION, RUN, SESSION } from './testing/bench.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

it("names the sessions of other runs' buffers, living or dead, and not those of the run itself", async () => {
  const empty = Buffer.alloc(0);
  bench.file(bufferFileName(SESSION, RUN, 1), empty);
  bench.file(bufferFileName(OTHER_SESSION, RUN, 1), empty);
  bench.file(bufferFileName(SESSION, OTHER_RUN, 2), empty);
  bench.file(lockFileName(OTHER_RUN), empty);
  bench.file('session_14_buffer.jsonl', empty);
  expect(await sessionsInBuffers(bench.captures, RUN)).toEqual(new Set([SESSION]));
  expect(await sessionsInBuffers(bench.captures, OTHER_RUN)).toEqual(
    new Set([SESSION, OTHER_SESSION]),
  );
});

it('finds none where there is no directory', async () => {
  rmSync(bench.captures, { recursive: true, force: true });
  expect(await sessionsInBuffers(bench.captures, RUN)).toEqual(new Set());
});
