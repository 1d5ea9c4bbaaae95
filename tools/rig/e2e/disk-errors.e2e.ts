/** Disks that do not confirm a write: what was not confirmed is never promised, and the next life has all of it. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  eventually,
  PATIENCE_MS,
  readCalls,
  straceArguments,
  traceProblem,
  type Bench,
  type FailingCalls,
  type Run,
} from '@elmetron/rig';
import {
  acknowledged,
  acknowledges,
  complains,
  describeUnless,
  expectLogged,
  failCalls,
  health,
  isOver,
  moreFrames,
  nextLifeHasAll,
  stored,
} from './faults.js';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';

/**
 * Does something to a writer while nothing comes to it: a buffer that is full meanwhile, or gone, would not be
 * the one that is meant.
 */
async function atRest<T>(acquisition: Run, act: () => Promise<T>): Promise<T> {
  acquisition.signal('SIGSTOP');
  try {
    return await act();
  } finally {
    acquisition.signal('SIGCONT');
  }
}

/** The one buffer in the captures directory, as a path below the bench. */
async function theBuffer(bench: Bench): Promise<string> {
  await eventually('a buffer', async () => (await bench.buffers()).length === 1, PATIENCE_MS);
  const [name = ''] = await bench.buffers();
  return `captures/${name}`;
}

/** The one that the writer appends to now, of one session and one run. */
async function lastBuffer(bench: Bench): Promise<string> {
  return `captures/${(await bench.buffers()).sort().at(-1) ?? ''}`;
}

/** The name of the segment that follows. */
function nextSegment(path: string): string {
  return path.replace(/_(\d{6})_buffer/, (_, number: string) => {
    const next = String(Number(number) + 1).padStart(6, '0');
    return `_${next}_buffer`;
  });
}

/** Waits for the end that a failed sync makes: exit code 1, and a word of what to do. */
async function endsForGood(run: Run, failing: FailingCalls): Promise<void> {
  await failing.struck();
  await eventually(
    `${run.name} to end`,
    () => run.exit !== undefined,
    PATIENCE_MS,
    () => run.tail(),
  );
  await failing.end();
  expect(run.exit).toEqual({ code: 1, signal: null });
  await expectLogged(run, 'nothing more is acknowledged', 50);
}

/** The lowest number among the lines of a buffer from byte `from` on. */
function firstNumberFrom(file: string, from: number): number {
  const bytes = readFileSync(file).subarray(from);
  const line = bytes.subarray(0, bytes.indexOf(10)).toString();
  return (JSON.parse(line) as { seq: number }).seq;
}

describeUnless(traceProblem(), 'disks that fail', () => {
  test('the sync of a buffer fails: nothing behind the last good one is acknowledged', async ({
    open,
  }) => {
    const bench = await open();
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);
    const buffer = await theBuffer(bench);
    const failing = await failCalls(bench, writer, {
      paths: [buffer],
      calls: ['fdatasync'],
      error: 'EIO',
      // The first of a thread is let through, so that the write before the failing one is seen.
      from: 2,
      watch: ['pwrite64'],
    });
    await endsForGood(writer, failing);
    await expectLogged(writer, 'nothing more is acknowledged', 50);
    expect(JSON.stringify(writer.log())).toMatch(/could not be synced \(EIO.*Check the disk/);

    const calls = failing.seen();
    const strike = calls.findIndex(({ injected }) => injected);
    const write = calls.slice(0, strike).findLast(({ name }) => name === 'pwrite64');
    const offset = Number(/, (\d+)\)? *(?:= \d+|<unfinished.*)$/.exec(write?.text ?? '')?.[1]);
    expect(offset, write?.text).toBeGreaterThan(0);
    const unsynced = firstNumberFrom(bench.path(buffer), offset);
    expect(acknowledged(writer)).toBe(unsynced - 1);
    expect(
      calls.slice(strike + 1).filter(({ name }) => name === 'fdatasync'),
      'a second sync would lie',
    ).toEqual([]);
    await nextLifeHasAll(bench, acquisition);
  });

  test.for([
    { what: 'a new segment', of: (buffer: string) => nextSegment(buffer) },
    { what: 'the directory of a new segment', of: () => 'captures' },
  ])('the sync of $what fails', async ({ of }, { open }) => {
    const bench = await open({
      config: { storage: { buffer_rotate_bytes: 20_000, commit_interval_ms: 60_000 } },
    });
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await acknowledges(writer, 5);
    const [buffer, failing] = await atRest(acquisition, async () => {
      const current = await lastBuffer(bench);
      const fault = { paths: [of(current)], calls: ['fsync'], error: 'EIO' };
      return [current, await failCalls(bench, writer, fault)] as const;
    });
    await endsForGood(writer, failing);
    // Nothing that lies in the new segment was promised.
    const inDoubt = bench.path(nextSegment(buffer));
    const [start = ''] = readFileSync(inDoubt, 'utf8').split('\n');
    const unsynced = firstNumberFrom(inDoubt, Buffer.byteLength(start) + 1);
    expect(acknowledged(writer)).toBe(unsynced - 1);
    await nextLifeHasAll(bench, acquisition);
  });

  test('a buffer that cannot even be cut back after a failed write is left, and a fresh one begun', async ({
    open,
  }) => {
    const bench = await open();
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);
    const failing = await failCalls(bench, writer, {
      paths: [await theBuffer(bench)],
      calls: ['pwrite64', 'ftruncate'],
      error: 'EIO',
    });
    const why = /Failed to create session buffer: .*cannot be appended to \(EIO/;
    await complains(bench, 'writer', 'buffer_unavailable', why);
    await acknowledges(writer, acknowledged(writer) + 10);
    await isOver(bench, 'writer', 'buffer_unavailable');
    await failing.end();
    await writer.kill();
    await nextLifeHasAll(bench, acquisition);
  });

  test('the sync of the spool fails: readings go on, health says what a power cut may cost', async ({
    open,
  }) => {
    const bench = await open({ config: { acquisition: { spool_sync_ms: 200 } } });
    await bench.startMeter();
    const acquisition = bench.startAcquisition();
    await bench.sent(10);
    const failing = await failCalls(bench, acquisition, {
      calls: ['fsync', 'fdatasync'],
      error: 'EIO',
    });
    const why = /spool cannot be made durable, a power cut may cost.*EIO.*Check the disk/;
    await complains(bench, 'acquisition', 'spool_sync_failed', why);
    await expectLogged(acquisition, 'the spool cannot be made durable', 50);
    const before = (await health(bench, 'acquisition'))['readings'] as number;
    await moreFrames(bench, 20);
    const readings = async (): Promise<number> =>
      (await health(bench, 'acquisition'))['readings'] as number;
    await eventually(
      'the readings to go on',
      async () => (await readings()) >= before + 20,
      PATIENCE_MS,
      () => acquisition.tail(),
    );
    const after = await readings();

    await failing.end();
    await isOver(bench, 'acquisition', 'spool_sync_failed');
    const writer = bench.startWriter();
    await measurements(bench, after);
    await deliversAll(bench, acquisition);
    await writer.stop();
    expect((await expectWhole(bench)).missing).toBe(0);
  });

  test('the sync of a commit fails: buffers acknowledge, the commit is made anew when the disk answers', async ({
    open,
  }) => {
    const bench = await open();
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);
    const failing = await failCalls(bench, writer, {
      paths: ['data/demo/elmetron.sqlite-wal'],
      calls: ['fsync', 'fdatasync'],
      error: 'EIO',
    });
    const why = /elmetron\.sqlite cannot be written.*the disk itself.*SQLITE_IOERR_FSYNC/;
    await complains(bench, 'writer', 'database_unwritable', why);
    await expectLogged(writer, 'cannot be written', 50);
    await acknowledges(writer, stored(bench) + 30);
    await failing.end();
    await isOver(bench, 'writer', 'database_unwritable');
    await measurements(bench, (await bench.account()).length);
    await deliversAll(bench, acquisition);
    await writer.stop();
    expect((await expectWhole(bench)).missing).toBe(0);
    expect(await bench.buffers()).toEqual([]);
  });

  test('the sync of the database file fails at a checkpoint: no buffer goes, the writer ends', async ({
    open,
  }) => {
    const bench = await open({ config: { storage: { buffer_rotate_bytes: 20_000 } } });
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);
    const [buffer, failing] = await atRest(acquisition, async () => {
      const fault = {
        paths: ['data/demo/elmetron.sqlite'],
        calls: ['fsync', 'fdatasync'],
        error: 'EIO',
      };
      return [await theBuffer(bench), await failCalls(bench, writer, fault)] as const;
    });
    await endsForGood(writer, failing);
    expect(JSON.stringify(writer.log())).toMatch(/disk did not confirm.*look at the disk/);
    expect(await bench.buffers()).toContain(buffer.replace('captures/', ''));
    await nextLifeHasAll(bench, acquisition);
  });

  test.for([
    { what: 'a commit', file: 'data/demo/elmetron.sqlite-wal', why: /cannot be written/ },
    { what: 'the checkpoint', file: 'data/demo/elmetron.sqlite', why: /disk did not confirm/ },
  ])(
    'the sync of $what fails in a recovery: the buffer stays, and the next one takes it',
    async ({ file, why }, { open }) => {
      const bench = await open();
      await bench.startMeter();
      const first = bench.startWriter();
      const acquisition = bench.startAcquisition();
      await measurements(bench, 5);
      await first.stop();
      await bench.configure({ storage: { commit_interval_ms: 60_000 } });
      const second = bench.startWriter();
      await acknowledges(second, 40);
      await second.kill();
      const left = await bench.buffers();
      const trace = bench.path('trace-recovery');
      const fault = { calls: ['fsync', 'fdatasync'], error: 'EIO', paths: [bench.path(file)] };
      const recovery = bench.startRecoveryUnder(['strace', ...straceArguments(fault, trace)]);
      const exit = await recovery.exited;
      expect(readCalls(trace).some(({ injected }) => injected)).toBe(true);
      const output = recovery.stdout.join('\n');
      expect(exit, output + recovery.tail()).toEqual({ code: 1, signal: null });
      expect(output).toContain('Could not be recovered, and stays where it is');
      expect(output).toMatch(why);
      expect(await bench.buffers()).toEqual(left);
      await nextLifeHasAll(bench, acquisition);
    },
  );
});
