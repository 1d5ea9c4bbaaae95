import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeRecord } from '@elmetron/protocol/offline';
import { bufferFileName } from '@elmetron/storage';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MadeBench, recordsOf } from '../../testing/made-bench.js';
import { elmetron } from '../../testing/run-program.js';

let bench: MadeBench;
beforeEach(() => {
  bench = new MadeBench();
});
afterEach(() => {
  bench.remove();
});

const READINGS = [1, 2, 3].map((n) => ({ value: `7.0${n}`, unit: 'pH' }));
const run = (...args: string[]) => elmetron(['verify', '-c', bench.config, ...args]);

it('says in one line that all is whole, with what is on its way', async () => {
  const session = await bench.record({ readings: READINGS.slice(0, 1), ended: false });
  mkdirSync(bench.captures, { recursive: true });
  const lines = recordsOf({ session, readings: READINGS }).map(
    (r) => `${encodeRecord(r).toString()}\n`,
  );
  const name = bufferFileName(session, '0199bbbb-0000-7000-8000-00000000000a', 1);
  writeFileSync(join(bench.captures, name), lines.join(''));
  const ran = await run();
  expect(ran).toMatchObject({
    code: 0,
    out: 'Whole: 1 readings in 1 sessions, 0 archived buffers and 1 others; 2 records are on their way.\n',
  });
  expect((await run('--json')).values).toMatchObject([{ whole: true, on_its_way: 2 }]);
});

it('exit code 1 when it is not, and what is wrong below', async () => {
  await bench.record({ readings: READINGS });
  bench.write('captures/notes.jsonl', 'a shopping list\n');
  const ran = await run();
  expect(ran.code).toBe(1);
  expect(ran.out).toMatch(/^NOT whole: 1 problem in .*\n! .*notes\.jsonl holds nothing/);
});
