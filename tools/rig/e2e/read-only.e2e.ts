/** File systems that turn read-only under the running processes, and writable again. */
import { expect } from 'vitest';
import { eventually, PATIENCE_MS, mountProblem, traceProblem } from '@elmetron/rig';
import {
  acknowledged,
  acknowledges,
  complains,
  describeUnless,
  expectAcknowledgedIsStored,
  expectLogged,
  failCalls,
  isOver,
  lostToTheSpool,
  moreFrames,
  nextLifeHasAll,
  readOnly,
  stored,
} from './faults.js';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';

const NO_BUFFER = [
  'buffer_unavailable',
  /Failed to create session buffer: .*EROFS.*file system is read-only/,
] as const;
const DATABASE_READ_ONLY = [
  'database_unwritable',
  /elmetron\.sqlite cannot be written.*the permissions/,
] as const;

/** Files that are open stay writable on a mount laid over them; small segments make for new ones. */
const SMALL_SEGMENTS = { storage: { buffer_rotate_bytes: 8_000 } };

describeUnless(mountProblem(), 'read-only file systems', () => {
  test('captures: the commit is what is acknowledged, until buffers can be made again', async ({
    open,
  }) => {
    // Segments are full before the first commit: there are some to be removed once it has come.
    const storage = { ...SMALL_SEGMENTS.storage, commit_interval_ms: 10_000 };
    const bench = await open({ config: { storage } });
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await eventually(
      'three segments',
      async () => (await bench.buffers()).length >= 3,
      PATIENCE_MS,
      () => writer.tail(),
    );
    const writable = readOnly(bench, 'captures');
    await complains(bench, 'writer', ...NO_BUFFER);
    await expectLogged(writer, 'Failed to create session buffer', 40);
    await measurements(bench, 10);
    for (let look = 0; look < 3; look++) {
      await moreFrames(bench, 5);
      expectAcknowledgedIsStored(bench, writer);
    }
    // Buffers that are committed cannot go either: that is said, and harms nobody.
    await complains(bench, 'writer', 'buffers_not_removed', /cannot be archived or removed/);
    writable();
    await isOver(bench, 'writer', 'buffer_unavailable');
    await acknowledges(writer, acknowledged(writer) + 10);
    await writer.kill();
    await nextLifeHasAll(bench, acquisition);
  });

  test('the database, before a start: recovery leaves the buffer, the writer takes and syncs, and commits when it can', async ({
    open,
  }) => {
    const bench = await open();
    await bench.startMeter();
    const first = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);
    await first.kill();
    const writable = readOnly(bench, 'data/demo');
    const inVain = await bench.recover();
    expect(inVain.exit.code, inVain.output).toBe(1);
    expect(inVain.output).toContain('Could not be recovered, and stays where it is');
    expect(await bench.buffers()).toHaveLength(1);

    const writer = bench.startLauncher();
    await expectLogged(writer, 'Recovery failed', 40);
    await complains(bench, 'writer', ...DATABASE_READ_ONLY);
    const before = (await bench.account()).length;
    await acknowledges(writer, before + 10);
    expect(writer.exit).toBeUndefined();
    writable();
    await isOver(bench, 'writer', 'database_unwritable');
    await measurements(bench, before);
    await writer.kill();
    await nextLifeHasAll(bench, acquisition);
  });

  test('the spool: what cannot be numbered is told by an event', async ({ open }) => {
    // Files of the spool hold at most a quarter of it: new ones are needed all the time.
    const bench = await open({ config: { acquisition: { spool_max_bytes: 65_536 } } });
    await bench.startMeter();
    const acquisition = bench.startAcquisition();
    await bench.sent(5);
    const writable = readOnly(bench, 'data/spool');
    const why = /the spool cannot take them: .*EROFS.*file system is read-only/;
    await complains(bench, 'acquisition', 'spool_unwritable', why);
    await expectLogged(acquisition, 'the spool cannot take them', 50);
    await moreFrames(bench, 10);
    expect(acquisition.exit).toBeUndefined();
    writable();
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
    expect(lost.readings_not_kept).toBeGreaterThan(5);
    const { missing } = await expectWhole(bench, lost.readings_not_kept);
    expect(missing, 'all that is missing is in the event').toBe(lost.readings_not_kept);
  });
});

describeUnless(mountProblem() ?? traceProblem(), 'read-only under open files', () => {
  test('captures and database at once: nothing is acknowledged, all of it is kept and comes later', async ({
    open,
  }) => {
    const bench = await open({ config: SMALL_SEGMENTS });
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);
    const writable = readOnly(bench, 'captures');
    await complains(bench, 'writer', ...NO_BUFFER);
    const failing = await failCalls(bench, writer, {
      paths: ['data/demo/elmetron.sqlite', 'data/demo/elmetron.sqlite-wal'],
      calls: ['pwrite64', 'ftruncate'],
      error: 'EROFS',
    });
    await complains(bench, 'writer', ...DATABASE_READ_ONLY);
    await complains(bench, 'writer', 'nothing_acknowledged', /Repair either/);
    const promised = acknowledged(writer);
    expect(stored(bench)).toBeGreaterThanOrEqual(promised);
    await moreFrames(bench, 20);
    expect(acknowledged(writer)).toBe(promised);

    await failing.end();
    writable();
    await isOver(bench, 'writer', 'nothing_acknowledged');
    await measurements(bench, (await bench.account()).length);
    await acknowledges(writer, promised + 20);
    await deliversAll(bench, acquisition);
    expect((await writer.stop()).code).toBe(0);
    expect((await bench.recover()).exit.code).toBe(0);
    expect((await expectWhole(bench)).missing).toBe(0);
  });
});
