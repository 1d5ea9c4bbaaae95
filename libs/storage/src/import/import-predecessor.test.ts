import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { annotate, NotesJournal } from '../annotations/index.js';
import { StorageError } from '../errors.js';
import { StoreReader } from '../reader/index.js';
import { preflight } from '../recovery/preflight.js';
import { Bench, frame } from '../recovery/testing/bench.js';
import {
  doubled,
  LEGACY_SESSION,
  LEGACY_STARTED,
  legacyMeasurements,
  legacyStart,
} from '../recovery/testing/legacy-lines.js';
import { importPredecessor, type ImportOptions } from './import-predecessor.js';
import { MadePredecessor } from './testing/made-predecessor.js';

let bench: Bench;
let old: MadePredecessor;
beforeEach(() => {
  bench = new Bench();
  old = new MadePredecessor(join(bench.directory, 'old.sqlite'));
});
afterEach(async () => {
  old.close();
  await bench.end();
});

const run = (options: Partial<ImportOptions> = {}) =>
  importPredecessor({
    path: old.path,
    stores: bench.stores,
    databasePath: bench.databasePath,
    demoDatabasePath: bench.demoDatabasePath,
    clock: systemClock,
    log: silentLog,
    lockedMs: 0,
    ...options,
  });

const second = (n: number): string => new Date(Date.UTC(2025, 8, 26, 13, 24, n)).toISOString();
const journal = async () => (await new NotesJournal(bench.databasePath).read()).annotations;

function metadata(): Readonly<Record<string, string | number>> {
  const reader = StoreReader.open(bench.databasePath);
  try {
    return reader.metadata(LEGACY_SESSION);
  } finally {
    reader.close();
  }
}

const NONSENSE = { value: null, unit: 'S/N00308/25' };

/** Session 14, the same readings as `legacyMeasurements` writes into a buffer. */
function readings(from: number, to: number): void {
  for (let n = from; n <= to; n++) {
    const value = (n / 100).toFixed(2);
    old.frame(14, second(n), frame(value), { value: Number(value), unit: 'pH' });
  }
}

describe("the predecessor's database", () => {
  it('becomes sessions of its names, their readings decoded from the frames', async () => {
    old.session(14, LEGACY_STARTED, second(9));
    readings(1, 3);
    old.session(15, '2025-09-27 08:00:00');
    expect(await run()).toMatchObject({
      sessions: 2,
      frames: 3,
      imported_measurements: 3,
      already_stored_measurements: 0,
      corrected_measurements: 0,
      gained_measurements: 0,
      complete: true,
    });
    expect(bench.rows()).toMatchObject([
      { session_uid: LEGACY_SESSION, seq: 1, captured_at: second(1), value: 0.01, unit: 'pH' },
      { seq: 2, captured_at: second(2), value: 0.02, recovered: 1 },
      { seq: 3, captured_at: second(3), value: 0.03 },
    ]);
    expect(bench.sessions()).toMatchObject([
      // Ended at its last record, as from a buffer; the end that was stored is a fact of its own.
      { session_uid: LEGACY_SESSION, ended_at: second(3), end_reason: 'crashed' },
      { session_uid: 'legacy-15-2025-09-27T08:00:00', measurement_count: 0 },
    ]);
    expect(metadata()).toMatchObject({ legacy_ended_at: second(9) });
  });

  it('with doubled headers comes out right, and says how many differ', async () => {
    old.session(14, LEGACY_STARTED);
    old.frame(14, second(1), doubled(frame('7.01')), NONSENSE);
    old.frame(14, second(2), frame('7.02'), { value: 7.02, unit: 'pH' });
    old.frame(14, second(3), doubled(frame('7.03')), null);
    expect(await run()).toMatchObject({
      doubled_headers: 2,
      corrected_measurements: 1,
      gained_measurements: 1,
    });
    expect(bench.rows()).toMatchObject([{ value: 7.01 }, { value: 7.02 }, { value: 7.03 }]);
  });

  it('imported twice, or after it has grown, doubles nothing', async () => {
    old.session(14, LEGACY_STARTED, null, 'a note');
    readings(1, 5);
    old.frame(14, second(5), frame('0.05'), null);
    old.run("INSERT INTO annotations VALUES (1, 14, ?, 'A. K.', 'drop of acid')", second(2));
    old.run("INSERT INTO audit_events VALUES (1, 14, ?, 'WARN', 'restart', '{}')", second(3));
    expect(await run()).toMatchObject({ imported_measurements: 6, annotations: 2 });
    const keys = bench.eventKeys();
    const said = await journal();
    expect(await run()).toMatchObject({
      imported_measurements: 0,
      already_stored_measurements: 6,
      annotations: 0,
    });
    expect(bench.eventKeys()).toEqual(keys);
    expect(await journal()).toEqual(said);
    expect(bench.query('SELECT count(*) AS n FROM annotations')).toEqual([{ n: 2 }]);
    readings(6, 7);
    expect(await run()).toMatchObject({ imported_measurements: 2 });
    expect(bench.rows()).toHaveLength(8);
  });

  it.each(['the buffer first', 'the database first'])(
    'and a buffer of the same session double nothing: %s',
    async (order) => {
      old.session(14, LEGACY_STARTED);
      old.run("INSERT INTO session_metadata VALUES (14, 'sample', 'A')");
      readings(1, 4);
      const buffer = async () => {
        const lines = [legacyStart({ metadata: { sample: 'A' } }), ...legacyMeasurements(3, 6)];
        bench.file('session_14_buffer.jsonl', Buffer.concat(lines));
        await bench.recover();
      };
      const both = [buffer, () => run()];
      for (const one of order === 'the buffer first' ? both : both.reverse()) await one();
      expect(
        bench
          .rows()
          .map(({ captured_at }) => captured_at)
          .sort(),
      ).toEqual([1, 2, 3, 4, 5, 6].map(second));
      expect(bench.sessions()).toHaveLength(1);
      expect(bench.eventKeys().filter((key) => key.startsWith('conflict'))).toEqual([]);
    },
  );

  it.each(['the buffer first', 'the database first'])(
    'writes the time of a session otherwise than its buffer, and both are one: %s',
    async (order) => {
      old.session(14, LEGACY_STARTED.replace('T', ' ').replace('+00:00', ''));
      readings(1, 4);
      const buffer = async () => {
        const lines = [legacyStart(), ...legacyMeasurements(3, 6)];
        bench.file('session_14_buffer.jsonl', Buffer.concat(lines));
        await bench.recover();
      };
      const both = [buffer, () => run()];
      for (const one of order === 'the buffer first' ? both : both.reverse()) await one();
      expect(bench.rows()).toHaveLength(6);
      expect(bench.sessions()).toHaveLength(1);
    },
  );

  it('brings along metadata, notes and events', async () => {
    old.session(14, LEGACY_STARTED, second(60), 'titration of the day');
    readings(1, 1);
    old.run("INSERT INTO session_metadata VALUES (14, 'operator', 'A. Kowalska')");
    old.run("INSERT INTO annotations VALUES (1, 14, ?, 'A. K.', 'drop of acid')", second(2));
    old.run(
      "INSERT INTO audit_events VALUES (1, 14, ?, 'ERROR', 'port lost', ?)",
      second(3),
      '{"a":1}',
    );
    old.run("INSERT INTO audit_events VALUES (2, NULL, ?, 'info', 'started', NULL)", second(0));
    expect(await run()).toMatchObject({ annotations: 4, audit_events: 2 });
    expect(metadata()).toEqual({
      legacy_description: 'CX-505 USB',
      legacy_ended_at: second(60),
      operator: 'A. Kowalska',
    });
    expect(
      bench.query('SELECT author, text, at_ms FROM annotations WHERE key IS NULL ORDER BY id'),
    ).toEqual([
      { author: null, text: 'titration of the day', at_ms: Date.parse('2025-09-26T13:24:00.123Z') },
      { author: 'A. K.', text: 'drop of acid', at_ms: Date.parse(second(2)) },
    ]);
    const events = bench.query<{ payload: string }>(
      "SELECT session_uid, level, message, payload FROM audit_events WHERE category = 'legacy_event' ORDER BY id",
    );
    expect(events).toMatchObject([
      { session_uid: LEGACY_SESSION, level: 'error', message: 'port lost' },
      { session_uid: null, level: 'info', message: 'started' },
    ]);
    expect(JSON.parse(events[0]?.payload ?? '')).toMatchObject({ id: 1, payload_json: '{"a":1}' });
  });

  it('drops nothing in silence', async () => {
    old.session(14, LEGACY_STARTED);
    old.frame(14, second(1), frame('7.00').subarray(0, 50), NONSENSE);
    old.frame(14, 'yesterday', frame('7.00'), null);
    old.run("INSERT INTO raw_frames VALUES (90, 14, ?, 'xyz', NULL)", second(2));
    old.run("INSERT INTO measurements (id, session_id, value, unit) VALUES (99, 14, 7.5, 'pH')");
    old.run("INSERT INTO annotations VALUES (1, 77, NULL, NULL, 'whose?')");
    old.frame(88, second(3), frame('7.00'), null);
    expect(await run()).toMatchObject({
      sessions: 2,
      imported_measurements: 1,
      undecodable_frames: 1,
      unreadable_rows: 4,
    });
    const categories = bench
      .query<{ category: string }>('SELECT category FROM audit_events ORDER BY category')
      .map(({ category }) => category);
    expect(categories).toEqual([
      'legacy_annotation',
      'legacy_frame',
      'legacy_frame',
      'legacy_measurement',
      'undecodable_frame',
    ]);
    expect(bench.rows()).toMatchObject([{ session_uid: `legacy-88-${second(3)}` }]);
  });

  it('reads frames also from bytes, and puts emulated meters apart', async () => {
    old.session(14, LEGACY_STARTED);
    const raw = frame('7.00', 'EMU00001');
    old.run('UPDATE instruments SET serial = NULL');
    old.run('INSERT INTO raw_frames VALUES (1, 14, ?, NULL, ?)', second(1), raw);
    await run();
    expect(bench.rows(true)).toHaveLength(1);
  });

  it('stops when it is told to, and goes on the next time', async () => {
    old.session(14, LEGACY_STARTED);
    for (let n = 0; n < 3000; n++) old.frame(14, second(n), frame('7.00'), null);
    const controller = new AbortController();
    const progress: number[] = [];
    const stopped = await run({
      signal: controller.signal,
      onProgress: ({ done }) => {
        progress.push(done);
        controller.abort();
      },
    });
    expect(stopped).toMatchObject({ complete: false, imported_measurements: 1024 });
    expect(progress).toEqual([1024]);
    expect(await run()).toMatchObject({
      imported_measurements: 3000 - 1024,
      already_stored_measurements: 1024,
      complete: true,
    });
  });

  it('stops also between sessions that are shorter than a batch', async () => {
    for (let id = 1; id <= 3; id++) {
      old.session(id, `2025-09-26T13:2${id}:00Z`);
      old.frame(id, `2025-09-26T13:2${id}:01Z`, frame('7.00'), null);
    }
    const controller = new AbortController();
    const stopped = await run({ signal: controller.signal, onProgress: () => controller.abort() });
    expect(stopped).toMatchObject({ complete: false, imported_measurements: 1 });
    expect(await run()).toMatchObject({ complete: true, imported_measurements: 2 });
  });

  it.each([false, true])('hears in time that it is to stop; dry run: %s', async (dryRun) => {
    old.session(14, LEGACY_STARTED);
    for (let n = 0; n < 3000; n++) old.frame(14, second(n), frame('7.00'), null);
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const { complete, frames } = await run({ signal: controller.signal, dryRun });
    expect(complete).toBe(false);
    expect(frames).toBeLessThan(3000);
  });

  it.each([
    ['no database', 'text'],
    ['not there', undefined],
  ] as const)('that is %s is refused, with the way out', async (_, content) => {
    const path = join(bench.directory, 'other');
    if (content !== undefined) writeFileSync(path, content);
    const failed = run({ path });
    await expect(failed).rejects.toBeInstanceOf(StorageError);
    await expect(failed).rejects.toMatchObject({ code: 'import_unreadable' });
  });

  it('that was killed while it wrote is told from a damaged one, with the way out', async () => {
    old.session(14, LEGACY_STARTED);
    readings(1, 200);
    const path = join(bench.directory, 'killed.sqlite');
    // Pages that do not fit into the cache are in the file before the transaction is.
    old.run('PRAGMA cache_size = 1');
    old.run('BEGIN');
    old.run("UPDATE raw_frames SET frame_hex = frame_hex || '00'");
    for (const end of ['', '-journal']) copyFileSync(`${old.path}${end}`, `${path}${end}`);
    old.run('ROLLBACK');
    await expect(run({ path })).rejects.toMatchObject({
      code: 'import_unreadable',
      message: expect.stringContaining('-journal') as string,
    });
    // As the message says.
    const copy = new SqliteDatabase(path);
    copy.prepare('SELECT count(*) FROM raw_frames').get();
    copy.close();
    expect(await run({ path })).toMatchObject({ imported_measurements: 200 });
  });

  it('is refused when it is a database of something else', async () => {
    const path = join(bench.directory, 'other');
    writeFileSync(path, '');
    await expect(run({ path })).rejects.toMatchObject({ code: 'import_foreign' });
  });

  it('is only looked at in a dry run', async () => {
    old.session(14, LEGACY_STARTED, second(9), 'a note');
    readings(1, 3);
    old.frame(14, second(4), doubled(frame('7.01')), NONSENSE);
    expect(await run({ dryRun: true })).toMatchObject({
      sessions: 1,
      imported_measurements: 4,
      doubled_headers: 1,
      corrected_measurements: 1,
      annotations: 2,
      complete: true,
    });
    expect(existsSync(bench.databasePath)).toBe(false);
    expect(await journal()).toEqual([]);
  });
});

describe('what people had said', () => {
  beforeEach(() => {
    old.session(14, LEGACY_STARTED, second(60), 'titration of the day');
    old.run("INSERT INTO session_metadata VALUES (14, 'operator', 'A. Kowalska')");
    for (const id of [1, 2])
      old.run('INSERT INTO annotations VALUES (?, 14, ?, NULL, ?)', id, second(2), 'acid');
    readings(1, 1);
  });

  it('stays in the journal when the database is lost, and comes back once', async () => {
    await run();
    const notes = 'SELECT uid, at_ms, text, key, value FROM annotations ORDER BY uid';
    const before = bench.query(notes);
    expect(before).toHaveLength(5);
    await bench.closeStores();
    rmSync(bench.databasePath);
    expect(await journal()).toHaveLength(5);
    // A rebuild finds the session in the archive of a buffer; here the buffer itself.
    bench.file(
      'session_14_buffer.jsonl',
      Buffer.concat([legacyStart(), ...legacyMeasurements(1, 1)]),
    );
    await preflight({
      ...bench.options(),
      databasePath: bench.databasePath,
      demoDatabasePath: bench.demoDatabasePath,
    });
    expect(bench.query(notes)).toEqual(before);
    expect(await run()).toMatchObject({ annotations: 0, already_stored_measurements: 1 });
    expect(bench.query(notes)).toEqual(before);
  });

  it('does not override what is said today, however often it is imported', async () => {
    await run();
    await annotate(
      { session: LEGACY_SESSION, author: 'Ada', key: 'operator', value: 'Grace' },
      { databasePath: bench.databasePath, clock: systemClock, log: silentLog },
    );
    await run();
    expect(metadata()).toMatchObject({ operator: 'Grace' });
  });

  it('holds over the start of an older buffer', async () => {
    const lines = [legacyStart({ metadata: { operator: '?' } }), ...legacyMeasurements(1, 1)];
    bench.file('session_14_buffer.jsonl', Buffer.concat(lines));
    await bench.recover();
    await run();
    expect(metadata()).toMatchObject({ operator: 'A. Kowalska', legacy_ended_at: second(60) });
  });
});

const RECORDED = fileURLToPath(
  new URL('../../../../../shared/captures/frames.jsonl', import.meta.url),
);

it.skipIf(!existsSync(RECORDED))('reads recorded frames as they are to be decoded', async () => {
  const lines = readFileSync(RECORDED, 'utf8').trim().split('\n');
  const frames = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const hexes = frames.map((one) => String(one['frame_hex'] ?? one['raw_hex'] ?? one['hex']));
  old.session(14, LEGACY_STARTED);
  for (const [n, hex] of hexes.entries())
    old.frame(14, second(n), Buffer.from(hex, 'hex'), NONSENSE);
  const summary = await run();
  expect(summary).toMatchObject({
    frames: hexes.length,
    imported_measurements: hexes.length,
    corrected_measurements: hexes.length,
    doubled_headers: 2,
    undecodable_frames: 0,
  });
  expect(bench.rows().every(({ value, unit }) => value !== null && !unit.startsWith('S/N'))).toBe(
    true,
  );
});
