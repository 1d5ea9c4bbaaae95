/**
 * Degrading in order: each state of the promise is entered when its cause comes, said once in the log,
 * keeps what is promised meanwhile, and is left by itself when the cause has gone. Here: the places
 * that the writer writes to.
 */
import { rm, writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import type { Bench } from '@elmetron/rig';
import { DEMO, nothingLost, running, stored } from './health-states.js';
import { deliversAll, measurements, test } from './on-a-bench.js';

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
    await writer.loggedOnce('buffer_unavailable', 'degraded');
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
    const stopped = await acquisition.entered('consumer_stalled');
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
    await writer.loggedOnce('nothing_acknowledged', 'critical');
    await acquisition.loggedOnce('consumer_stalled', 'degraded');
    await nothingLost(bench, { writer, acquisition });
  });

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
    await writer.loggedOnce('database_locked', 'degraded');
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
    await writer.loggedOnce('database_unwritable', 'critical');
    await deliversAll(bench, acquisition.run);
    await writer.run.stop();
    const sent = (await bench.account()).filter(({ whole }) => whole).length;
    expect(bench.database('no-place/elmetron.sqlite').measurements).toHaveLength(sent);
  });
});

/** Another program that holds the database. */
function lock(bench: Bench): Database.Database {
  const other = new Database(bench.path(DEMO), { timeout: 10_000 });
  other.exec('BEGIN EXCLUSIVE');
  return other;
}
