/** Recoveries in processes of their own: two at once, and ones that are killed for real. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '@elmetron/protocol';
import { Child } from '../buffer/testing/child.js';
import type { RecoverySummary } from './summary.js';
import { Bench, linesOf, measurements, SESSION, start } from './testing/bench.js';

let bench: Bench;
let children: Child[] = [];
beforeEach(() => {
  bench = new Bench();
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  children = [];
  await bench.end();
});

const MODULES = {
  recovery: new URL('./recover-buffers.ts', import.meta.url),
  store: new URL('../store/index.ts', import.meta.url),
  ports: new URL('../../../protocol/src/ports.ts', import.meta.url),
};

/** Says `ready`, waits for a word, recovers, and says its summary. */
function recoveryProcess(): Child {
  const { captures, databasePath, demoDatabasePath } = bench;
  const child = new Child(
    `
    const clock = ports.systemClock, log = ports.silentLog;
    const open = async (path) => store.openSqliteStore({ path, busyTimeoutMs: 5000, clock, log });
    const paths = ${JSON.stringify({ databasePath, demoDatabasePath })};
    const stores = store.openStores({ ...paths, open });
    say('ready');
    await heard();
    let begun = false;
    const onProgress = () => { if (!begun) say('begun'); begun = true; };
    const capturesDir = ${JSON.stringify(captures)}, batch = { bytes: 1e6, records: 50 };
    const options = { capturesDir, stores, archiveDays: 30, clock, log, batch, onProgress };
    const summary = await recovery.recoverBuffers(options);
    await stores.close();
    say(JSON.stringify(summary));
    process.exit();
    `,
    MODULES,
  );
  children.push(child);
  return child;
}

async function summaryOf(child: Child): Promise<RecoverySummary> {
  let last = 'null';
  for (let said = await child.said(); said !== undefined; said = await child.said()) last = said;
  return JSON.parse(last) as RecoverySummary;
}

const PER_BUFFER = 300;

function leaveBuffers(count: number): number[] {
  for (let i = 0; i < count; i++) {
    const records = measurements(i * PER_BUFFER + 1, (i + 1) * PER_BUFFER);
    bench.buffer(linesOf([start(), ...records]), `run-${i}`, SESSION, 1);
  }
  return Array.from({ length: count * PER_BUFFER }, (_, i) => i + 1);
}

it('two at once take each buffer once between them', { timeout: 60_000 }, async () => {
  const expected = leaveBuffers(6);
  const pair = [recoveryProcess(), recoveryProcess()];
  for (const child of pair) expect(await child.said()).toBe('ready');
  for (const child of pair) child.tell('go');
  const summaries = await Promise.all(pair.map(summaryOf));
  expect(summaries.map(({ failed_recoveries }) => failed_recoveries)).toEqual([0, 0]);
  const recovered = summaries.map(({ recovered_measurements }) => recovered_measurements);
  expect(recovered.reduce((sum, n) => sum + n, 0)).toBe(expected.length);
  expect(bench.rows().map(({ seq }) => seq)).toEqual(expected);
  // One may have kept the other's commits from the main file: such a buffer goes the next time.
  await bench.recover({ archiveDays: 30 });
  expect(bench.names()).toEqual(['archive']);
  expect(bench.names('archive')).toHaveLength(6);
});

it('killed again and again, it ends with everything once', { timeout: 60_000 }, async () => {
  const expected = leaveBuffers(4);
  for (const delay of [0, 10, 30, 60]) {
    const child = recoveryProcess();
    expect(await child.said()).toBe('ready');
    child.tell('go');
    await child.said();
    await new Promise((resolve) => setTimeout(resolve, delay));
    await child.kill();
  }
  // Two minutes later: a lock file without buffers may be a writer's that is just starting, and is left for a minute.
  const clock = { ...systemClock, now: () => Date.now() + 120_000 };
  const summary = await bench.recover({ archiveDays: 30, clock });
  expect(summary.failed_recoveries).toBe(0);
  expect(bench.rows().map(({ seq }) => seq)).toEqual(expected);
  expect(bench.names()).toEqual(['archive']);
});
