/**
 * Degrading in order: each state of the promise is entered when its cause comes, said once in the log,
 * keeps what is promised meanwhile, and is left by itself when the cause has gone.
 */
import { mkdir, open as openFile, rm, writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { eventually, type Bench } from '@elmetron/rig';
import { nothingLost, running, Watched } from './health-states.js';
import { measurements, test } from './on-a-bench.js';

const DEMO = 'data/demo/elmetron.sqlite';

describe('the writer', () => {
  test('away: the spool keeps, says that it fills before it is full, and what was not kept', async ({
    open,
  }) => {
    const bench = await open({
      profile: { poll_interval_s: 0.05 },
      config: { acquisition: { spool_max_bytes: 300_000 } },
    });
    const { writer, acquisition } = await running(bench);
    await measurements(bench, 10);
    await acquisition.ok();
    await writer.run.kill();
    await acquisition.entered('consumer_away');
    expect(await acquisition.codes()).toEqual(['consumer_away']);
    await acquisition.entered('spool_filling', 60_000);
    expect(await acquisition.codes()).not.toContain('spool_full');
    await acquisition.entered('spool_full', 60_000);
    expect((await acquisition.page())?.status).toBe('critical');
    expect((await bench.recover()).exit.code).toBe(0);
    const next = Watched.writer(bench);
    await acquisition.ok();
    acquisition.loggedOnce('consumer_away', 'degraded');
    acquisition.loggedOnce('spool_filling', 'degraded');
    acquisition.loggedOnce('spool_full', 'critical');
    await acquisition.run.stop();
    await next.run.stop();
    const { events, integrity } = bench.database();
    expect(integrity).toBe('ok');
    const gaps = events.filter(({ category }) => category === 'spool');
    expect(gaps.map(({ message }) => message).join('\n')).toMatch(
      /not kept from now on[^]*\d+ readings could not be kept/,
    );
  }, 150_000);

  test('fenced: the one before says so and ends with 0', async ({ open }) => {
    const bench = await open();
    const { writer, acquisition } = await running(bench);
    await measurements(bench, 10);
    const next = Watched.writer(bench);
    await eventually('the old writer to end', () => writer.run.exit !== undefined, 15_000);
    expect(writer.run.exit?.code).toBe(0);
    await writer.run.logged('has taken over');
    await nothingLost(bench, { writer: next, acquisition });
  });
});

describe('places to write to', () => {
  test('captures/ unusable: the commit acknowledges; usable again: the buffer does', async ({
    open,
  }) => {
    const bench = await open({ config: { storage: { captures_dir: 'blocked/captures' } } });
    await writeFile(bench.path('blocked'), 'a file');
    const { writer, acquisition } = await running(bench);
    await writer.entered('buffer_unavailable');
    const before = await stored(bench);
    await measurements(bench, before + 20);
    await rm(bench.path('blocked'));
    await writer.left('buffer_unavailable');
    await writer.ok();
    writer.loggedOnce('buffer_unavailable', 'degraded');
    await nothingLost(bench, { writer, acquisition });
  });

  test('captures/ and database both unusable: nothing is acknowledged, both ends say so', async ({
    open,
  }) => {
    const bench = await open({ config: { storage: { captures_dir: 'blocked/captures' } } });
    await writeFile(bench.path('blocked'), 'a file');
    const { writer, acquisition } = await running(bench);
    await measurements(bench, 5);
    const other = lock(bench);
    const reason = await writer.entered('nothing_acknowledged');
    expect(reason).toMatchObject({ level: 'critical', about: DEMO });
    const stopped = await acquisition.entered('consumer_stalled', 40_000);
    expect(stopped.about).toBe('writer');
    const acknowledged = (): number =>
      writer.run.log().filter(({ msg }) => msg === 'acknowledged').length;
    const until = acknowledged();
    const sent = (await bench.account()).length;
    await bench.sent(sent + 20);
    expect(acknowledged()).toBe(until);
    other.close();
    await writer.left('nothing_acknowledged');
    await acquisition.ok();
    writer.loggedOnce('nothing_acknowledged', 'critical');
    acquisition.loggedOnce('consumer_stalled', 'degraded');
    await nothingLost(bench, { writer, acquisition });
  }, 120_000);

  test('database locked: readings wait in buffers', async ({ open }) => {
    const bench = await open();
    const { writer, acquisition } = await running(bench);
    await measurements(bench, 5);
    const other = lock(bench);
    const reason = await writer.entered('database_locked');
    expect(reason).toMatchObject({ level: 'degraded', about: DEMO });
    const sent = (await bench.account()).length;
    await bench.sent(sent + 20);
    expect((await bench.buffers()).length).toBeGreaterThan(0);
    expect(await acquisition.codes()).toEqual([]);
    other.close();
    await writer.ok();
    writer.loggedOnce('database_locked', 'degraded');
    await nothingLost(bench, { writer, acquisition });
  });

  test('database cannot be made: readings wait in buffers', async ({ open }) => {
    const bench = await open({
      config: { storage: { demo_database_path: 'no-place/elmetron.sqlite' } },
    });
    await writeFile(bench.path('no-place'), 'a file');
    const { writer, acquisition } = await running(bench);
    const reason = await writer.entered('database_unwritable');
    expect(reason.level).toBe('critical');
    await bench.sent(20);
    expect(await acquisition.codes()).toEqual([]);
    await rm(bench.path('no-place'));
    await writer.ok();
    writer.loggedOnce('database_unwritable', 'critical');
    await acquisition.run.stop();
    await writer.run.stop();
    const sent = (await bench.account()).filter(({ whole }) => whole).length;
    expect(bench.database('no-place/elmetron.sqlite').measurements).toHaveLength(sent);
  });

  test('database damaged before this life: readings wait in buffers until a recovery has been there', async ({
    open,
  }) => {
    const bench = await open();
    const first = await running(bench);
    await measurements(bench, 20);
    await first.writer.run.stop();
    const file = await openFile(bench.path(DEMO), 'r+');
    await file.write(Buffer.alloc(3_900, 0x5a), 0, 3_900, 120);
    await file.close();
    const writer = Watched.writer(bench);
    const reason = await writer.entered('database_damaged');
    expect(reason).toMatchObject({ level: 'critical', about: DEMO });
    const sent = (await bench.account()).length;
    await bench.sent(sent + 20);
    expect((await bench.recover()).output).toContain('it is kept as');
    await writer.ok();
    writer.loggedOnce('database_damaged', 'critical');
    await nothingLost(bench, { writer, acquisition: first.acquisition });
  }, 90_000);

  test('a rebuild that is not finished, and a buffer that cannot be recovered, are said until they are over', async ({
    open,
  }) => {
    const bench = await open();
    await mkdir(bench.path('data/demo'), { recursive: true });
    await writeFile(bench.path(`${DEMO}.rebuild-owed`), '2026-01-02T03:04:05.000Z missing\n');
    await mkdir(bench.path('captures'), { recursive: true });
    // It can neither be read nor set aside.
    await writeFile(bench.path('captures/quarantine'), 'a file');
    const orphan = 'session_s1_r1_1_buffer.jsonl';
    await writeFile(bench.path('captures', orphan), '{"v":1,"damaged\n{"v":1,"too\n');
    const { writer, acquisition } = await running(bench);
    await writer.entered('rebuild_unfinished');
    const reason = await writer.entered('buffers_not_recovered');
    expect(reason.message).toContain(orphan);
    await measurements(bench, 10);
    await rm(bench.path('captures/quarantine'));
    await writer.left('buffers_not_recovered');
    await bench.recover();
    await writer.ok();
    writer.loggedOnce('rebuild_unfinished', 'degraded');
    writer.loggedOnce('buffers_not_recovered', 'degraded');
    await nothingLost(bench, { writer, acquisition });
  }, 90_000);

  test('an archive that cannot be written: buffers stay, and go when it can', async ({ open }) => {
    const bench = await open({ config: { storage: { buffer_rotate_bytes: 4_096 } } });
    await mkdir(bench.path('captures'));
    await writeFile(bench.path('captures/archive'), 'a file');
    const { writer, acquisition } = await running(bench);
    await writer.entered('buffers_not_removed');
    const before = await stored(bench);
    await measurements(bench, before + 20);
    await rm(bench.path('captures/archive'));
    await writer.left('buffers_not_removed', 45_000);
    writer.loggedOnce('buffers_not_removed', 'degraded');
    await nothingLost(bench, { writer, acquisition });
    expect(await bench.buffers()).toEqual([]);
  }, 90_000);
});

/** Another program that holds the database. */
function lock(bench: Bench): Database.Database {
  const other = new Database(bench.path(DEMO), { timeout: 10_000 });
  other.exec('BEGIN EXCLUSIVE');
  return other;
}

async function stored(bench: Bench): Promise<number> {
  await measurements(bench, 0);
  return bench.database().measurements.length;
}
