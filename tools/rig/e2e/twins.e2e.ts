/** Two of a kind at the same time, where one is meant: writers, acquisitions, recoveries. */
import { cp, mkdir, rename } from 'node:fs/promises';
import { expect } from 'vitest';
import {
  compare,
  eventually,
  PATIENCE_MS,
  type Bench,
  type MeasurementRow,
  type Run,
} from '@elmetron/rig';
import { acknowledges } from './faults.js';
import { deliversAll, expectWhole, measurements, moreMeasurements, test } from './on-a-bench.js';

/** Of two writers of one consumer, whichever says hello last has the source, and the other ends with 0. */
async function oneIsFenced(writers: readonly [Run, Run]): Promise<{ served: Run; fenced: Run }> {
  const [one, two] = writers;
  await eventually(
    'one of the two to be fenced',
    () => (one.exit ?? two.exit) !== undefined,
    PATIENCE_MS,
    () => `${one.tail()}\n--\n${two.tail()}`,
  );
  const [fenced, served] = one.exit === undefined ? [two, one] : [one, two];
  expect(fenced.exit, fenced.tail()).toEqual({ code: 0, signal: null });
  expect(served.exit, served.tail()).toBeUndefined();
  return { served, fenced };
}

/** At the same instant either may be the one that says hello last. */
test.for([0, 40, 400])(
  'two writers on the same files, started %i ms apart',
  async (apartMs, { open }) => {
    const bench = await open({ profile: { poll_interval_s: 0.0125 } });
    await bench.startMeter();
    const acquisition = bench.startAcquisition();
    await bench.sent(10);
    const first = bench.startWriter();
    if (apartMs !== 0) await new Promise((resolve) => setTimeout(resolve, apartMs));
    const second = bench.startWriter();
    const { served } = await oneIsFenced([first, second]);
    const sent = (await bench.account()).length;
    await measurements(bench, sent + 30);
    await deliversAll(bench, acquisition);
    expect((await served.stop()).code).toBe(0);
    expect((await expectWhole(bench)).missing).toBe(0);
    expect(bench.database().sessions).toHaveLength(1);
    expect(await bench.buffers()).toEqual([]);
  },
);

function rowsOf(bench: Bench, source: string): readonly MeasurementRow[] {
  const { sessions, measurements: rows } = bench.database();
  const own = sessions.filter((session) => session.source === source);
  return rows.filter((row) => own.some(({ session_uid }) => session_uid === row.session_uid));
}

test('two writers with a source each, started at once on the same files', async ({ open }) => {
  const one = await open();
  const two = await open();
  const endpoint = (bench: Bench): string => `tcp://127.0.0.1:${String(bench.ports.stream)}`;
  const monitoring = { writer_port: two.ports.writer };
  await one.configure({ writer: { sources: [endpoint(two)] }, monitoring }, 'second.toml');
  await two.configure({
    acquisition: {
      source: 'bench-2',
      endpoint: endpoint(two),
      live_endpoint: `tcp://127.0.0.1:${String(two.ports.live)}`,
    },
  });
  await one.startMeter();
  await two.startMeter('--serial', 'EMU00002');
  const acquisitions = [
    [one, one.startAcquisition()],
    [two, two.startAcquisition()],
  ] as const;
  const writers = [one.startWriter(), one.startWriter('config/second.toml')];
  const own = [
    [one, 'bench-1'],
    [two, 'bench-2'],
  ] as const;
  await measurements(one, 1);
  for (const [, source] of own) {
    await eventually(
      `30 readings of ${source}`,
      () => rowsOf(one, source).length >= 30,
      PATIENCE_MS,
      () => writers.map((run) => run.tail()).join('\n--\n'),
    );
  }
  // One is killed; the recovery that comes before its next life leaves the other's buffers alone.
  await writers[1]?.kill();
  const { exit } = await one.recover();
  expect(exit.code).toBe(0);
  const again = one.startWriter('config/second.toml');
  for (const [bench, source] of own) {
    const sent = (await bench.account()).filter(({ whole }) => whole).length;
    await eventually(
      `the readings of ${source}`,
      () => rowsOf(one, source).length >= sent,
      PATIENCE_MS,
      () => again.tail(),
    );
  }
  for (const [bench, run] of acquisitions) expect((await deliversAll(bench, run)).code).toBe(0);
  for (const run of [writers[0], again]) expect((await run?.stop())?.code).toBe(0);
  const { sessions, integrity } = one.database();
  expect(integrity).toBe('ok');
  expect(sessions.map(({ source, end_reason }) => [source, end_reason]).sort()).toEqual([
    ['bench-1', 'stopped'],
    ['bench-2', 'stopped'],
  ]);
  for (const [bench, source] of own) {
    const compared = compare(await bench.account(), rowsOf(one, source));
    expect(compared).toMatchObject({ missing: 0, surplus: 0 });
  }
  expect(await one.buffers()).toEqual([]);
});

test('a second acquisition on the same spool, or of the same endpoint, is refused and harms nothing', async ({
  open,
}) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 10);
  const other = bench.ports.live;
  const monitoring = { acquisition_port: 0 };
  await bench.configure({ monitoring }, 'twin.toml');
  await bench.configure(
    {
      monitoring,
      acquisition: { source: 'twin', live_endpoint: `tcp://127.0.0.1:${String(other)}` },
    },
    'same-endpoint.toml',
  );
  const twins: [Run, string][] = [
    [bench.startAcquisition('config/twin.toml'), 'data/spool/bench-1'],
    [bench.startAcquisition('config/same-endpoint.toml'), String(bench.ports.stream)],
  ];
  for (const [twin, named] of twins) {
    await eventually(
      'the twin to give up',
      () => twin.exit !== undefined,
      PATIENCE_MS,
      () => twin.tail(),
    );
    expect(twin.exit?.code, twin.tail()).toBe(2);
    expect([...twin.stdout, ...twin.stderr].join('\n')).toContain(named);
  }
  await moreMeasurements(bench, 10);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
  expect(bench.database().sessions).toHaveLength(1);
});

test('two acquisitions started at once on the same spool: one runs, one refuses', async ({
  open,
}) => {
  const bench = await open();
  await bench.startMeter();
  const pair = [bench.startAcquisition(), bench.startAcquisition()] as const;
  const writer = bench.startWriter();
  await eventually(
    'one of them to give up',
    () => pair.some((run) => run.exit !== undefined),
    PATIENCE_MS,
    () => pair.map((run) => run.tail()).join('\n--\n'),
  );
  const [refused, runs] = pair[0].exit === undefined ? [pair[1], pair[0]] : pair;
  expect(refused.exit?.code, refused.tail()).toBe(2);
  await measurements(bench, 20);
  await deliversAll(bench, runs);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});

/** Buffers of several dead writers, uncommitted, with all that the meter has sent. */
async function leaveBuffers(bench: Bench, writers: number): Promise<void> {
  await mkdir(bench.path('data/demo'), { recursive: true });
  await bench.startMeter();
  const acquisition = bench.startAcquisition();
  for (let n = 1; n <= writers; n++) {
    const writer = bench.startWriter();
    await acknowledges(writer, n * 25);
    if (n === writers) await deliversAll(bench, acquisition);
    await writer.kill();
    // Out of the way of the next one, which takes up what dead writers left when it has run for a while.
    await rename(bench.path('captures'), bench.path(`captures-${String(n)}`));
  }
  for (let n = 1; n <= writers; n++) {
    await cp(bench.path(`captures-${String(n)}`), bench.path('captures'), { recursive: true });
  }
  expect((await bench.buffers()).length).toBeGreaterThanOrEqual(writers);
}

test.for([2, 3])('%i recoveries at once: each buffer is taken once', async (count, { open }) => {
  const bench = await open({ config: { storage: { commit_interval_ms: 60_000 } } });
  await leaveBuffers(bench, 3);
  const runs = Array.from({ length: count }, () => bench.startRecovery('--json'));
  const exits = await Promise.all(runs.map((run) => run.exited));
  expect(exits.map(({ code }) => code)).toEqual(runs.map(() => 0));
  const summaries = runs.map(
    (run) =>
      JSON.parse(run.stdout.at(-1) ?? '') as {
        recovered_measurements: number;
        failed_recoveries: number;
      },
  );
  expect(summaries.map(({ failed_recoveries }) => failed_recoveries)).toEqual(runs.map(() => 0));
  const { missing, stored } = await expectWhole(bench);
  expect(missing).toBe(0);
  const recovered = summaries.reduce((sum, one) => sum + one.recovered_measurements, 0);
  const { recovered_count } = bench.database().sessions[0] ?? {};
  expect(recovered).toBe(recovered_count);
  expect(recovered).toBeLessThanOrEqual(stored);
  // One may have kept the other's commits from the main file: such a buffer goes the next time.
  expect((await bench.recover()).exit.code).toBe(0);
  expect(await bench.buffers()).toEqual([]);
  expect((await expectWhole(bench)).stored).toBe(stored);
});

test('recoveries beside a living writer leave its buffers alone', async ({ open }) => {
  const bench = await open({ config: { storage: { commit_interval_ms: 60_000 } } });
  await leaveBuffers(bench, 1);
  await bench.configure({ storage: { commit_interval_ms: 60_000 } });
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await writer.logged('acknowledged');
  const dead = (await bench.buffers()).length;
  await bench.sent(60);
  const living = (await bench.buffers()).length - dead;
  const runs = [bench.startRecovery('--json'), bench.startRecovery('--json')];
  for (const run of runs) expect((await run.exited).code, run.tail()).toBe(0);
  expect((await bench.buffers()).length).toBeGreaterThanOrEqual(living);
  expect(writer.exit).toBeUndefined();
  await bench.sent(80);
  await deliversAll(bench, acquisition);
  expect((await writer.stop()).code).toBe(0);
  expect((await bench.recover()).exit.code).toBe(0);
  expect((await expectWhole(bench)).missing).toBe(0);
  expect(await bench.buffers()).toEqual([]);
});
