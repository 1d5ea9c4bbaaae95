/** Degrading in order: what only a recovery, or room in the archive, brings back. */
import { mkdir, open as openFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { DEMO, nothingLost, running, stored, Watched } from './health-states.js';
import { measurements, test } from './on-a-bench.js';

describe('what recovery is for', () => {
  test('database damaged before this life: readings wait in buffers until a recovery has been there', async ({
    open,
  }) => {
    const bench = await open();
    const first = await running(bench);
    await measurements(bench, 20);
    await first.writer.run.stop();
    const file = await openFile(bench.path(DEMO), 'r+');
    // Behind the header: it still says whose database it was, and nothing in it can be found.
    await file.write(Buffer.alloc(3_996, 0x5a), 0, 3_996, 100);
    await file.close();
    const writer = Watched.writer(bench);
    const reason = await writer.entered('database_damaged');
    expect(reason).toMatchObject({ level: 'critical', about: DEMO });
    const sent = (await bench.account()).length;
    await bench.sent(sent + 20);
    expect((await bench.recover()).output).toContain('it is kept as');
    await writer.ok();
    await writer.loggedOnce('database_damaged', 'critical');
    await nothingLost(bench, { writer, acquisition: first.acquisition });
  });

  test('a rebuild that is not finished, and a buffer that cannot be recovered, are said until they are over', async ({
    open,
  }) => {
    const bench = await open();
    await mkdir(bench.path('data/demo'), { recursive: true });
    await writeFile(bench.path(`${DEMO}.rebuild-owed`), '2026-01-02T03:04:05.000Z missing\n');
    await mkdir(bench.path('captures'), { recursive: true });
    // It can neither be read nor set aside.
    await writeFile(bench.path('captures/quarantine'), 'a file');
    const orphan = 'session_s1_r1_000001_buffer.jsonl';
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
    await writer.loggedOnce('rebuild_unfinished', 'degraded');
    await writer.loggedOnce('buffers_not_recovered', 'degraded');
    await nothingLost(bench, { writer, acquisition });
  });

  test('an archive that cannot be written: buffers stay, and go when it can', async ({ open }) => {
    const bench = await open({ config: { storage: { buffer_rotate_bytes: 4_096 } } });
    await mkdir(bench.path('captures'));
    await writeFile(bench.path('captures/archive'), 'a file');
    const { writer, acquisition } = await running(bench);
    await writer.entered('buffers_not_removed');
    const before = await stored(bench);
    await measurements(bench, before + 20);
    await rm(bench.path('captures/archive'));
    await writer.left('buffers_not_removed');
    await writer.loggedOnce('buffers_not_removed', 'degraded');
    await nothingLost(bench, { writer, acquisition });
    expect(await bench.buffers()).toEqual([]);
  });
});
