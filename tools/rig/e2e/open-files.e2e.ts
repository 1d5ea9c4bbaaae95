/** Processes that may open no further file: what is promised is kept, and all goes on when they may again. */
import { expect } from 'vitest';
import {
  eventually,
  PATIENCE_MS,
  forbidOpening,
  limitProblem,
  traceProblem,
  type Bench,
  type Run,
  type SessionRow,
} from '@elmetron/rig';
import {
  acknowledged,
  complains,
  describeUnless,
  expectLogged,
  failCalls,
  isOver,
  lostToTheSpool,
  moreFrames,
  nextLifeHasAll,
} from './faults.js';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';

/** The cause, and the way out. */
const TOO_MANY = /EMFILE.*Allow the process more open files/;

/** Waits for a line of the log with both texts in it, wherever in the line. */
async function says(run: Run, text: string, cause: RegExp): Promise<void> {
  await eventually(
    `${run.name} to say "${text}" and ${String(cause)}`,
    () => run.stdout.some((line) => line.includes(text) && cause.test(line)),
    PATIENCE_MS,
    () => run.tail(),
  );
}

/** Measurements in the database of one meter. */
function storedOf(bench: Bench, meter: string): number {
  return bench.database().measurements.filter(({ serial }) => serial === meter).length;
}

describeUnless(limitProblem(), 'too many open files', () => {
  test('in the writer: a session that begins meanwhile is acknowledged by its commits, the others by their buffers', async ({
    open,
  }) => {
    const one = await open();
    const two = await open();
    const endpoint = (bench: Bench): string => `tcp://127.0.0.1:${String(bench.ports.stream)}`;
    const sources = [endpoint(one), endpoint(two)];
    await one.configure({ writer: { sources } });
    await two.configure({ acquisition: { source: 'bench-2', endpoint: endpoint(two) } });
    await one.startMeter();
    const acquisitions = [
      [one, one.startAcquisition()],
      [two, two.startAcquisition()],
    ] as const;
    const writer = one.startWriter();
    // Both are connected; the meter of the second does not answer yet, so it has no session.
    for (const source of sources) await says(writer, 'The source answers', new RegExp(source));
    await measurements(one, 10);
    const allow = forbidOpening(writer.pid);
    await two.startMeter('--serial', 'EMU00002');
    await says(writer, 'Failed to create session buffer', TOO_MANY);
    await expectLogged(writer, 'Failed to create session buffer', 40);
    const second = (): SessionRow | undefined =>
      one.database().sessions.find(({ source }) => source === 'bench-2');
    await eventually('the second session to be stored', () => second() !== undefined, PATIENCE_MS);
    for (let look = 0; look < 5; look++) {
      await moreFrames(two, 4);
      const promised = acknowledged(writer, second()?.session_uid);
      expect(second()?.last_seq).toBeGreaterThanOrEqual(promised);
    }
    await eventually(
      'the second session to be acknowledged',
      () => acknowledged(writer, second()?.session_uid) > 10,
      PATIENCE_MS,
      () => writer.tail(),
    );
    expect(await one.buffers()).toHaveLength(1);

    allow();
    await eventually(
      'a buffer for the second session',
      async () => (await one.buffers()).length === 2,
      PATIENCE_MS,
    );
    await isOver(one, 'writer', 'buffer_unavailable');
    await writer.kill();
    const recovery = await one.recover();
    expect(recovery.exit.code, recovery.output).toBe(0);
    const next = one.startWriter();
    for (const [bench, meter] of [
      [one, 'EMU00001'],
      [two, 'EMU00002'],
    ] as const) {
      // Each for itself: one may be far ahead of the other, and what is stopped then keeps its rest.
      const sent = (await bench.account()).length;
      await eventually(
        `all ${String(sent)} of ${meter} to be stored`,
        () => storedOf(one, meter) >= sent,
        PATIENCE_MS,
        () => `${String(storedOf(one, meter))} are\n${next.tail()}`,
      );
    }
    await Promise.all(acquisitions.map(([bench, run]) => deliversAll(bench, run)));
    await next.stop();
    const { measurements: rows, sessions, integrity } = one.database();
    const sent = [...(await one.account()), ...(await two.account())];
    expect(rows).toHaveLength(sent.filter(({ whole }) => whole).length);
    expect(sessions.map(({ end_reason }) => end_reason)).toEqual(['stopped', 'stopped']);
    expect(integrity).toBe('ok');
    expect(await one.buffers()).toEqual([]);
  });

  test('in acquisition: readings that the spool cannot take are told by an event', async ({
    open,
  }) => {
    const bench = await open({ config: { acquisition: { spool_max_bytes: 65_536 } } });
    await bench.startMeter();
    const acquisition = bench.startAcquisition();
    await bench.sent(5);
    const allow = forbidOpening(acquisition.pid);
    await says(acquisition, 'the spool cannot take them', TOO_MANY);
    await moreFrames(bench, 10);
    expect(acquisition.exit).toBeUndefined();
    allow();
    await isOver(bench, 'acquisition', 'spool_unwritable');
    const writer = bench.startWriter();
    await measurements(bench, 40);
    await deliversAll(bench, acquisition);
    await eventually(
      'the session to be stored to its end',
      () => bench.database().sessions[0]?.end_reason === 'stopped',
      PATIENCE_MS,
    );
    await writer.stop();
    const lost = lostToTheSpool(bench);
    const { missing } = await expectWhole(bench, lost.readings_not_kept);
    expect(missing, 'all that is missing is in the event').toBe(lost.readings_not_kept);
  });
});

describeUnless(traceProblem(), 'too many open files for a database that is not open yet', () => {
  test('nothing is acknowledged until there is a place for it, then all of it is taken', async ({
    open,
  }) => {
    const bench = await open();
    await bench.startMeter();
    const writer = bench.startWriter();
    await writer.logged('The writer runs');
    const failing = await failCalls(bench, writer, { calls: ['openat'], error: 'EMFILE' });
    const acquisition = bench.startAcquisition();
    await complains(bench, 'writer', 'buffer_unavailable', TOO_MANY);
    await complains(bench, 'writer', 'database_unwritable', TOO_MANY);
    await complains(bench, 'writer', 'nothing_acknowledged', /Repair either/);
    await moreFrames(bench, 20);
    expect(acknowledged(writer)).toBe(-1);
    await failing.end();
    await isOver(bench, 'writer', 'nothing_acknowledged');
    await measurements(bench, (await bench.account()).length);
    await writer.kill();
    await nextLifeHasAll(bench, acquisition);
  });
});
