/** `recovery rebuild` by the real command: what is lost comes back, what cannot is named, nothing is touched unasked. */
import { mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { encodeFrame, encodeRecord, newSessionId, type SessionRecord } from '@elmetron/protocol';
import type { Bench } from '@elmetron/rig';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';

const DEMO = 'data/demo/elmetron.sqlite';

/** A session of so many readings that went the whole way; stopped in order. */
async function captured(bench: Bench, count: number): Promise<void> {
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, count);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect(await bench.buffers()).toEqual([]);
}

async function removeDatabase(bench: Bench): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(bench.path(DEMO + suffix), { force: true });
}

async function overwritePage(path: string, page: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(4096, 0x5a), 0, 4096, page * 4096);
  await file.close();
}

async function archives(bench: Bench): Promise<string[]> {
  return (await readdir(bench.path('captures/archive'))).filter((name) => name.endsWith('.gz'));
}

/** One archived session as a writer would have left it, larger than a bench could record in a test. */
async function archivedSession(bench: Bench, count: number): Promise<void> {
  const session = newSessionId();
  const serial = 'EMU00001';
  const at = (seq: number): string => new Date(Date.UTC(2026, 0, 2) + seq * 1000).toISOString();
  const device = { model: 'CX-505', serial, port: 'p' };
  const head = { v: 1, session } as const;
  const records: SessionRecord[] = [
    {
      ...head,
      type: 'session_start',
      seq: 0,
      started_at: at(0),
      source: 'bench-1',
      profile: 'cx505',
      device,
      emulated: true,
      metadata: {},
    },
  ];
  for (let seq = 1; seq <= count; seq++) {
    const text = (seq % 1400) / 100;
    const frame = encodeFrame({
      serial,
      value: text.toFixed(2),
      unit: 'pH',
      temperature: '25.0',
      deviceTime: '2026-01-02T03:04:05',
    });
    records.push({
      ...head,
      type: 'measurement',
      seq,
      captured_at: at(seq),
      elapsed_ms: seq * 1000,
      raw_frame_hex: frame.toString('hex'),
      decoded: {
        value: text,
        unit: 'pH',
        temperature: 25,
        temperature_unit: '°C',
        device_time: '2026-01-02T03:04:05',
        record_number: 0,
        status: '0',
        range: '00000',
        mode: '00000',
      },
    });
  }
  const lines = records.map((record) => `${encodeRecord(record).toString()}\n`).join('');
  await mkdir(bench.path('captures/archive'), { recursive: true });
  const name = `session_${session}_${newSessionId()}_000001_buffer.jsonl.gz`;
  await writeFile(bench.path('captures/archive', name), gzipSync(lines));
}

test('a deleted database comes back from the archive; a sound one is refused with the ways out', async ({
  open: openBench,
}) => {
  const bench = await openBench();
  await captured(bench, 30);
  const before = bench.database();
  await removeDatabase(bench);
  const { exit, output } = await bench.rebuild();
  expect(exit.code, output).toBe(0);
  expect(output).toMatch(/Rebuilt .*elmetron\.sqlite from the archive: \d+ measurements/);
  await expectWhole(bench);
  expect(bench.database().measurements.length).toBe(before.measurements.length);

  const untouched = await readFile(bench.path(DEMO));
  const again = await bench.rebuild();
  expect(again.exit.code).toBe(2);
  expect(again.output).toMatch(/sound.*--into FILE.*--replace/s);
  expect((await readFile(bench.path(DEMO))).equals(untouched)).toBe(true);
});

test('a damaged page, no archive: what can be read is taken over, what cannot is named', async ({
  open: openBench,
}) => {
  const bench = await openBench({
    config: { storage: { archive_days: 0 } },
    profile: { poll_interval_s: 0.0125 },
  });
  await captured(bench, 400);
  const total = bench.database().measurements.length;
  const { size } = await stat(bench.path(DEMO));
  await overwritePage(bench.path(DEMO), Math.floor(size / 4096) - 8);

  const dry = await bench.rebuild('--dry-run', '--json');
  expect(JSON.parse(dry.output)).toMatchObject({
    dry_run: true,
    databases: [{}, { state: 'damaged', set_aside: null }],
  });

  const { exit, output } = await bench.rebuild('--json');
  const { databases } = JSON.parse(output) as {
    databases: {
      state: string;
      set_aside: string;
      beyond_reach: { salvaged: Range[]; lost: Range[] }[];
    }[];
  };
  interface Range {
    session_uid: string;
    measurements: number;
  }
  const [, demo] = databases;
  expect(demo?.state).toBe('damaged');
  const [beyond] = demo?.beyond_reach ?? [];
  const count = (ranges: readonly Range[] = []): number =>
    ranges.reduce((sum, { measurements: n }) => sum + n, 0);
  const { measurements: rows, events, integrity } = bench.database();
  expect(integrity).toBe('ok');
  expect(rows).toHaveLength(count(beyond?.salvaged));
  expect(rows.length).toBeGreaterThan(total / 2);
  expect(rows.length + count(beyond?.lost)).toBeGreaterThanOrEqual(total);
  expect(exit.code).toBe(count(beyond?.lost) > 0 ? 1 : 0);
  expect(count(beyond?.lost)).toBeGreaterThan(0);
  const list = JSON.parse(
    await readFile(bench.path(`${demo?.set_aside ?? ''}.lost.json`), 'utf8'),
  ) as object;
  expect(list).toEqual(beyond);
  const told = events.filter(({ category }) => category === 'recovery').map((e) => e.message);
  expect(told.some((message) => message.includes('beyond reach'))).toBe(true);
  expect(told.some((message) => message.includes('taken over'))).toBe(true);
  expect((await bench.rebuild()).exit.code).toBe(2);
});

test('a truncated database comes back from the archive by the next start alone', async ({
  open: openBench,
}) => {
  const bench = await openBench();
  await captured(bench, 60);
  const before = bench.database().measurements.length;
  const { size } = await stat(bench.path(DEMO));
  await truncate(bench.path(DEMO), Math.floor(size / 2));
  const { output } = await bench.recover();
  expect(output).toMatch(/was damaged; it is kept as .*damaged-\d{8}T\d{6}Z/);
  await expectWhole(bench);
  expect(bench.database().measurements).toHaveLength(before);
});

test('a damaged archive is said; what stands before the damage is there', async ({
  open: openBench,
}) => {
  const bench = await openBench();
  await captured(bench, 80);
  await removeDatabase(bench);
  const [name = ''] = await archives(bench);
  const path = bench.path('captures/archive', name);
  await truncate(path, Math.floor((await stat(path)).size * 0.7));
  const { exit, output } = await bench.rebuild();
  expect(exit.code).toBe(1);
  expect(output).toContain(name);
  expect(output).toContain('Not complete');
  const { measurements: rows, integrity } = bench.database();
  expect(integrity).toBe('ok');
  expect(rows.length).toBeGreaterThan(20);
});

test('killed in the middle, five times: it goes on, and nothing is doubled', async ({
  open: openBench,
}) => {
  const bench = await openBench();
  for (let n = 0; n < 4; n++) await archivedSession(bench, 8_000);
  let killed = 0;
  for (const delay of [500, 700, 900, 1100, 1300]) {
    const run = bench.startRebuild();
    const timer = setTimeout(() => {
      run.signal('SIGKILL');
    }, delay);
    if ((await run.exited).signal === 'SIGKILL') killed++;
    clearTimeout(timer);
  }
  expect(killed, 'a rebuild that was really interrupted').toBeGreaterThan(0);
  await bench.recover();
  const { measurements: rows, sessions, integrity } = bench.database();
  expect(integrity).toBe('ok');
  expect(sessions).toHaveLength(4);
  expect(rows).toHaveLength(32_000);
  expect(new Set(rows.map(({ session_uid, seq }) => `${session_uid} ${seq}`)).size).toBe(32_000);
  const data = await readdir(bench.path('data/demo'));
  expect(data.filter((name) => name.includes('owed'))).toEqual([]);
  expect((await archives(bench)).length).toBe(4);
});

test('--into beside a living writer under load: a whole copy, and the writer notices nothing', async ({
  open: openBench,
}) => {
  const bench = await openBench({
    profile: { poll_interval_s: 0.0125 },
    // Segments come and go while they are read.
    config: { storage: { buffer_rotate_bytes: 65_536 } },
  });
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  for (let round = 1; round <= 3; round++) {
    await measurements(bench, round * 150);
    const before = bench.database().measurements.length;
    const { exit, output } = await bench.rebuild('--into', `new-${round}.sqlite`, '--only', 'demo');
    expect(exit.code, output).toBe(0);
    expect(output).toContain('Complete');
    const made = bench.database(`new-${round}.sqlite`);
    expect(made.integrity).toBe('ok');
    expect(made.measurements.length).toBeGreaterThanOrEqual(before);
    const keys = made.measurements.map(({ session_uid, seq }) => `${session_uid} ${seq}`);
    expect(new Set(keys).size).toBe(keys.length);
  }
  expect((await bench.rebuild('--into', 'new-1.sqlite', '--only', 'demo')).exit.code).toBe(2);
  expect((await bench.rebuild('--into', DEMO, '--only', 'demo')).exit.code).toBe(2);
  const real = await bench.rebuild('--into', 'real.sqlite');
  expect(real.output).toContain('--only demo');

  const refused = await bench.rebuild('--replace');
  expect(refused.exit.code).toBe(2);
  expect(refused.output).toContain('A writer is running');
  await deliversAll(bench, acquisition);
  expect((await writer.stop()).code).toBe(0);
  const { missing } = await expectWhole(bench);
  expect(missing).toBe(0);
  expect(
    (await readdir(bench.dir)).filter((name) => /\.(?:lock|unpacked)$|owed/.test(name)),
  ).toEqual([]);
});

test('--into beside a database that has more than archive and buffers: the rest is named', async ({
  open: openBench,
}) => {
  const bench = await openBench();
  await captured(bench, 30);
  const { measurements: rows, sessions } = bench.database();
  await rm(bench.path('captures/archive'), { recursive: true });
  const { exit, output } = await bench.rebuild('--into', 'new.sqlite', '--only', 'demo');
  expect(exit.code).toBe(1);
  expect(output).toContain(`${rows.length} measurements`);
  expect(output).toContain(sessions[0]?.session_uid);
  expect(bench.database('new.sqlite').measurements).toEqual([]);
  expect((await readdir(bench.dir)).includes('new.sqlite.lost.json')).toBe(true);
});

test('--replace sets a sound database aside and makes it anew, with what only it had', async ({
  open: openBench,
}) => {
  const bench = await openBench();
  await captured(bench, 30);
  await archivedSession(bench, 50);
  const old = bench.database().measurements;
  // The older half is in no archive any more.
  const all = await archives(bench);
  for (const name of all) {
    if (name.includes(old[0]?.session_uid ?? '-')) await rm(bench.path('captures/archive', name));
  }
  const { exit, output } = await bench.rebuild('--replace', '--only', 'demo');
  expect(exit.code, output).toBe(0);
  expect(output).toMatch(/set aside as asked; it is kept as .*\.replaced-/);
  const { measurements: rows, integrity } = bench.database();
  expect(integrity).toBe('ok');
  expect(rows).toHaveLength(old.length + 50);
  const captures = rows.filter(({ session_uid }) => session_uid === old[0]?.session_uid);
  expect(captures.map((row) => ({ ...row, recovered: 0 }))).toEqual(old);
  const names = await readdir(bench.path('data/demo'));
  expect(names.some((name) => name.includes('.replaced-'))).toBe(true);
});
