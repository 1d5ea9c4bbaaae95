/** Disks that fill up under the running processes, and have room again: nothing lost, all of it by itself. */
import { expect } from 'vitest';
import { eventually, PATIENCE_MS, mountProblem } from '@elmetron/rig';
import {
  acknowledged,
  acknowledges,
  complains,
  describeUnless,
  expectAcknowledgedIsStored,
  expectLogged,
  health,
  isOver,
  lostToTheSpool,
  moreFrames,
  nextLifeHasAll,
  smallDisk,
  stored,
} from './faults.js';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';

const NO_BUFFER = ['buffer_unavailable', /Failed to create session buffer: .*ENOSPC/] as const;
const DATABASE_FULL = [
  'database_unwritable',
  /elmetron\.sqlite cannot be written.*room on the disk/,
] as const;
const NEITHER = ['nothing_acknowledged', /nothing is acknowledged.*Repair either/] as const;

describeUnless(mountProblem(), 'full disks', () => {
  test('no room for buffers: the commit is what is acknowledged; with room there are buffers again', async ({
    open,
  }) => {
    const bench = await open();
    const disk = smallDisk(bench, 'captures', 512);
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);

    disk.fill();
    await complains(bench, 'writer', ...NO_BUFFER);
    await expectLogged(writer, 'Failed to create session buffer', 40);
    for (let look = 0; look < 5; look++) {
      await moreFrames(bench, 4);
      expectAcknowledgedIsStored(bench, writer);
    }
    await acknowledges(writer, stored(bench));

    disk.clear();
    await isOver(bench, 'writer', 'buffer_unavailable');
    await writer.logged('over: Failed to create session buffer');
    const before = acknowledged(writer);
    await acknowledges(writer, before + 10);
    expect((await bench.buffers()).length).toBeGreaterThan(0);
    // What is acknowledged from here on rests in a buffer again: a kill costs nothing.
    await writer.kill();
    await nextLifeHasAll(bench, acquisition);
  });

  test('no room for the database: readings are acknowledged by their buffers, and committed when there is', async ({
    open,
  }) => {
    const bench = await open();
    const disk = smallDisk(bench, 'data/demo', 8192);
    await bench.startMeter();
    const writer = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);

    disk.fill();
    await complains(bench, 'writer', ...DATABASE_FULL);
    await expectLogged(writer, 'cannot be written', 50);
    await acknowledges(writer, stored(bench) + 40);
    const { buffer, databases } = await health(bench, 'writer');
    expect((buffer as { bytes: number }).bytes).toBeGreaterThan(40 * 300);
    expect((databases as { demo: { uncommitted: number } }).demo.uncommitted).toBeGreaterThan(30);
    expect(acquisition.exit).toBeUndefined();

    disk.clear();
    await isOver(bench, 'writer', 'database_unwritable');
    await writer.logged('over: The database');
    await measurements(bench, (await bench.account()).length);
    await deliversAll(bench, acquisition);
    expect((await writer.stop()).code).toBe(0);
    expect((await expectWhole(bench)).missing).toBe(0);
    expect(await bench.buffers()).toEqual([]);
  });

  test('no room for either: nothing is acknowledged, also by the next writer, and acquisition keeps all of it', async ({
    open,
  }) => {
    const bench = await open();
    const captures = smallDisk(bench, 'captures', 512);
    const database = smallDisk(bench, 'data/demo', 8192);
    await bench.startMeter();
    const first = bench.startWriter();
    const acquisition = bench.startAcquisition();
    await measurements(bench, 10);

    captures.fill();
    database.fill();
    await complains(bench, 'writer', ...NO_BUFFER);
    await complains(bench, 'writer', ...DATABASE_FULL);
    await complains(bench, 'writer', ...NEITHER);
    await expectLogged(first, 'nothing is acknowledged', 50);
    // The last page of a file takes something yet; from here on nothing has a place.
    const promised = acknowledged(first);
    await moreFrames(bench, 30);
    expect(acknowledged(first)).toBe(promised);
    await first.kill();
    const second = bench.startLauncher();
    await second.logged('The source answers');
    await complains(bench, 'writer', ...DATABASE_FULL);
    await moreFrames(bench, 20);
    expect(acknowledged(second)).toBeLessThanOrEqual(promised);
    await eventually(
      'acquisition to have numbered what was sent meanwhile',
      async () => {
        const { unacknowledged } = await health(bench, 'acquisition');
        return (unacknowledged as { writer: number }).writer > 40;
      },
      PATIENCE_MS,
    );

    captures.clear();
    database.clear();
    await isOver(bench, 'writer', 'nothing_acknowledged');
    await isOver(bench, 'writer', 'database_unwritable');
    await measurements(bench, (await bench.account()).length);
    await deliversAll(bench, acquisition);
    expect((await second.stop()).code).toBe(90);
    // What the first writer left in its buffer is in the database as well: replayed, not doubled.
    const { exit, output, run } = await bench.recover();
    expect(exit.code, output + run.tail()).toBe(0);
    expect((await expectWhole(bench)).missing).toBe(0);
    expect(await bench.buffers()).toEqual([]);
  });

  test.for([
    { disk: 'the database', dir: 'data/demo', why: /cannot be written.*room on the disk/ },
    { disk: 'the archive', dir: 'captures', why: /archive.*ENOSPC/ },
  ])(
    'no room on the disk of $disk for a recovery: its buffer stays, and the next one takes it',
    async ({ dir, why }, { open }) => {
      const bench = await open({ config: { storage: { commit_interval_ms: 60_000 } } });
      const disk = smallDisk(bench, dir, 8192);
      await bench.startMeter();
      const writer = bench.startWriter();
      const acquisition = bench.startAcquisition();
      await acknowledges(writer, 60);
      await writer.kill();
      const left = await bench.buffers();
      expect(left).toHaveLength(1);

      disk.fill();
      const inVain = await bench.recover();
      expect(inVain.exit.code).toBe(1);
      expect(inVain.output).toMatch(/Could not be recovered, and stays where it is/);
      expect(inVain.output).toMatch(why);
      expect(inVain.run.stderr.join('\n')).toContain('it stays where it is');
      expect(await bench.buffers()).toEqual(left);

      disk.clear();
      const { exit, output } = await bench.recover();
      expect(exit.code).toBe(0);
      expect(output).toContain('from 1 crashed session(s)');
      expect(await bench.buffers()).toEqual([]);
      await nextLifeHasAll(bench, acquisition);
    },
  );

  test('no room for the spool: nothing is numbered that cannot be kept, and an event says from when to when and how many', async ({
    open,
  }) => {
    const bench = await open();
    const disk = smallDisk(bench, 'data/spool', 512);
    await bench.startMeter();
    // The writer is away: what comes now rests in the spool alone.
    const acquisition = bench.startAcquisition();
    await bench.sent(10);
    disk.fill();
    await complains(bench, 'acquisition', 'spool_full', /the spool cannot take them.*Free some/);
    await expectLogged(acquisition, 'the spool cannot take them', 50);
    await moreFrames(bench, 20);
    disk.clear();
    await isOver(bench, 'acquisition', 'spool_full');
    await moreFrames(bench, 5);
    const writer = bench.startWriter();
    await measurements(bench, 10);
    await deliversAll(bench, acquisition);
    await eventually(
      'the session to be stored to its end',
      () => bench.database().sessions[0]?.end_reason === 'stopped',
      PATIENCE_MS,
    );
    await writer.stop();

    const gap = lostToTheSpool(bench);
    expect(gap.readings_not_kept).toBeGreaterThan(10);
    expect(Date.parse(gap.to)).toBeGreaterThan(Date.parse(gap.from));
    const { missing } = await expectWhole(bench, gap.readings_not_kept);
    expect(missing, 'all that is missing is in the event').toBe(gap.readings_not_kept);
  });
});
