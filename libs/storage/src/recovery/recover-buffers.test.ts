import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeRecord, systemClock } from '@elmetron/protocol';
import { bufferFileName, lockFileName, RunLock } from '../buffer/index.js';
import { StorageError } from '../errors.js';
import type { Store } from '../store/store.js';
import {
  auditEvent,
  Bench,
  bound,
  end,
  linesOf,
  measurement,
  measurements,
  OTHER_RUN,
  OTHER_SESSION,
  RUN,
  SESSION,
  start,
} from './testing/bench.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

const NAME = bufferFileName(SESSION, RUN, 1);

/** What a person finds in the quarantine for a buffer. */
const quarantined = (name: string): { position: number; reason: string }[] =>
  readFileSync(join(bench.captures, 'quarantine', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { position: number; reason: string });

describe('a buffer that a dead writer left', () => {
  it('is replayed once, marked as recovered, and removed with its lock', async () => {
    bench.buffer(linesOf([start(), ...measurements(1, 5), auditEvent(6)]));
    bench.file(lockFileName(RUN), Buffer.alloc(0));
    const summary = await bench.recover();
    expect(summary).toMatchObject({
      recovered_sessions: 1,
      recovered_measurements: 5,
      recovered_audit_events: 1,
      failed_recoveries: 0,
      quarantined_lines: 0,
      buffers: [
        {
          path: join(bench.captures, NAME),
          session_uid: SESSION,
          measurements: 5,
          status: 'recovered',
          error: null,
        },
      ],
    });
    expect(bench.rows().map(({ seq, recovered }) => [seq, recovered])).toEqual(
      [1, 2, 3, 4, 5].map((seq) => [seq, 1]),
    );
    expect(bench.names()).toEqual([]);
    expect(bench.eventKeys()).toEqual([`recovered:${NAME}`]);
  });

  it('leaves a session without session_end open: only acquisition knows', async () => {
    bench.buffer(linesOf([start(), ...measurements(1, 2)]));
    await bench.recover();
    expect(bench.sessions()).toMatchObject([{ ended_at: null, end_reason: null, last_seq: 2 }]);
  });

  it('closes a session that has its end and is complete', async () => {
    bench.buffer(linesOf([start(), ...measurements(1, 2), end(3, 2)]));
    const summary = await bench.recover();
    expect(bench.sessions()).toMatchObject([{ end_reason: 'stopped', measurement_count: 2 }]);
    expect(summary.incomplete_sessions).toEqual([]);
  });

  it('tells of a session that has its end but not all of its records', async () => {
    bench.buffer(linesOf([start(), measurement(1), end(3, 2)]));
    const summary = await bench.recover();
    expect(summary.incomplete_sessions).toEqual([SESSION]);
  });

  it('counts as recovered only what the store did not have', async () => {
    const store = await bench.stores.get(false);
    await store.commit({ lines: linesOf([start(), ...measurements(1, 3)]), recovered: false });
    bench.buffer(linesOf([start(), ...measurements(1, 5)]));
    expect(await bench.recover()).toMatchObject({
      recovered_sessions: 1,
      recovered_measurements: 2,
      already_stored_measurements: 3,
    });
    expect(bench.rows().map(({ recovered }) => recovered)).toEqual([0, 0, 0, 1, 1]);
  });

  it('may come after rows with higher numbers', async () => {
    const store = await bench.stores.get(false);
    await store.commit({ lines: linesOf([start(), ...measurements(4, 6)]), recovered: false });
    bench.buffer(linesOf([start(), ...measurements(1, 3)]));
    expect((await bench.recover()).recovered_measurements).toBe(3);
    expect(bench.rows()).toHaveLength(6);
  });

  it('is archived first when archives are kept', async () => {
    const content = linesOf([start(), measurement(1)]);
    bench.buffer(content);
    await bench.recover({ archiveDays: 30 });
    const archived = readFileSync(join(bench.captures, 'archive', `${NAME}.gz`));
    expect(gunzipSync(archived)).toEqual(content);
    expect(bench.names()).toEqual(['archive']);
  });

  it('is archived while it is read when it is large, but stays when that is stopped', async () => {
    const content = linesOf([start(), ...measurements(1, 50)]);
    bench.buffer(content);
    const large = { archiveDays: 30, batch: { bytes: 1_000, records: 8 } };
    await bench.recover({ ...large, signal: AbortSignal.abort() });
    expect(bench.names('archive')).toEqual([]);
    expect(bench.names()).toContain(NAME);
    await bench.recover(large);
    const archived = readFileSync(join(bench.captures, 'archive', `${NAME}.gz`));
    expect(gunzipSync(archived)).toEqual(content);
    expect(bench.names()).toEqual(['archive']);
  });

  it('goes from the archive after its days, by whoever looks next', async () => {
    bench.buffer(linesOf([start(), measurement(1)]));
    await bench.recover({ archiveDays: 30 });
    const later = { ...systemClock, now: () => Date.now() + 31 * 86_400_000 };
    await bench.recover({ archiveDays: 30, clock: later, keepArchives: true });
    expect(bench.names('archive')).toEqual([`${NAME}.gz`]);
    await bench.recover({ archiveDays: 30, clock: later });
    expect(bench.names('archive')).toEqual([]);
  });

  it('is replayed in small batches just the same', async () => {
    bench.buffer(linesOf([start(), ...measurements(1, 50)]));
    const summary = await bench.recover({ batch: { bytes: 1_000_000, records: 7 } });
    expect(summary.recovered_measurements).toBe(50);
    expect(bench.rows()).toHaveLength(50);
  });

  it('goes with the others of its session and run, each counted, the session once', async () => {
    bench.buffer(linesOf([start(), ...measurements(1, 3)]), RUN, SESSION, 1);
    bench.buffer(linesOf([start(), ...measurements(4, 6)]), RUN, SESSION, 2);
    bench.buffer(linesOf([start(), ...measurements(6, 9)]), OTHER_RUN, SESSION, 1);
    const other = [start(OTHER_SESSION), ...measurements(1, 2, OTHER_SESSION)];
    bench.buffer(linesOf(other), OTHER_RUN, OTHER_SESSION, 1);
    const summary = await bench.recover();
    expect(summary).toMatchObject({ recovered_sessions: 2, recovered_measurements: 11 });
    expect(summary.buffers).toHaveLength(4);
    expect(bench.names()).toEqual([]);
  });
});

describe('nothing to do', () => {
  it('is a summary of nothing', async () => {
    const nothing = { recovered_sessions: 0, failed_recoveries: 0, buffers: [] };
    expect(await bench.recover()).toMatchObject(nothing);
    rmSync(bench.captures, { recursive: true });
    expect(await bench.recover()).toMatchObject(nothing);
    expect(existsSync(bench.databasePath)).toBe(false);
  });

  it('is a failure when the captures directory is none', async () => {
    rmSync(bench.captures, { recursive: true });
    writeFileSync(bench.captures, 'a file');
    expect((await bench.recover()).failed_recoveries).toBe(1);
  });
});

describe('whose run is alive', () => {
  it('is left alone and counted', async () => {
    bench.buffer(linesOf([start(), measurement(1)]));
    bench.buffer(linesOf([start(), measurement(2)]), OTHER_RUN);
    const lock = RunLock.acquire(bench.captures, RUN);
    const summary = await bench.recover();
    lock.release();
    expect(summary).toMatchObject({ living_runs: 1, recovered_measurements: 1 });
    expect(bench.names()).toContain(NAME);
    expect((await bench.recover()).recovered_measurements).toBe(1);
  });
});

describe('damage', () => {
  it('at the end is a torn write: cut off, a copy kept, told once', async () => {
    const whole = linesOf([start(), ...measurements(1, 2)]);
    const torn = encodeRecord(measurement(3)).subarray(0, 40);
    bench.buffer(Buffer.concat([whole, torn]));
    const summary = await bench.recover({ archiveDays: 30 });
    expect(summary).toMatchObject({ recovered_measurements: 2, quarantined_lines: 0 });
    expect(summary.buffers[0]).toMatchObject({ torn_bytes: 40, status: 'recovered' });
    expect(quarantined(NAME)).toMatchObject([{ position: whole.length, reason: 'torn' }]);
    expect(bench.eventKeys()).toEqual([`recovered:${NAME}`, `torn:${NAME}`]);
    const archived = readFileSync(join(bench.captures, 'archive', `${NAME}.gz`));
    expect(gunzipSync(archived)).toEqual(whole);
  });

  it('in the middle is set aside with position and reason, the rest is replayed', async () => {
    const before = linesOf([start(), measurement(1)]);
    const damaged = linesOf([measurement(2)]);
    damaged.write('X', 60);
    bench.buffer(Buffer.concat([before, damaged, linesOf(measurements(3, 4))]));
    const summary = await bench.recover();
    expect(summary).toMatchObject({ recovered_measurements: 3, quarantined_lines: 1 });
    expect(summary.buffers[0]).toMatchObject({ holes: [{ from: 2, to: 2 }] });
    expect(quarantined(NAME)).toMatchObject([{ position: before.length }]);
    expect(quarantined(NAME)[0]?.reason).toContain('bad_crc');
    expect(bench.eventKeys()).toEqual([`damaged:${NAME}`, `hole:${NAME}`, `recovered:${NAME}`]);
    expect(bench.names()).toEqual(['quarantine']);
  });

  it('of an overlong line is set aside whole', async () => {
    const long = Buffer.concat([Buffer.alloc(200_000, 'x'), Buffer.from('\n')]);
    bench.buffer(Buffer.concat([linesOf([start()]), long, linesOf([measurement(1)])]));
    expect(await bench.recover()).toMatchObject({
      recovered_measurements: 1,
      quarantined_lines: 1,
    });
    expect(quarantined(NAME).length).toBeGreaterThan(1);
  });

  it('of the whole file leaves a copy and an event', async () => {
    bench.buffer(Buffer.from('one\ntwo\nthree\n'));
    const summary = await bench.recover();
    expect(summary).toMatchObject({ recovered_sessions: 0, quarantined_lines: 3 });
    expect(bench.eventKeys()).toContain(`damaged:${NAME}`);
    expect(quarantined(NAME)).toHaveLength(1);
  });

  it('of the start line: the session is made of what the lines say', async () => {
    const broken = linesOf([start(SESSION, 'EMU00001')]);
    broken.write('X', 30);
    const rest = linesOf(measurements(1, 3, SESSION, 'EMU00001'));
    bench.buffer(Buffer.concat([broken, rest]));
    expect((await bench.recover()).recovered_measurements).toBe(3);
    expect(bench.rows(true)).toHaveLength(3);
    expect(existsSync(bench.databasePath)).toBe(false);
  });

  it('that cannot be set aside keeps the buffer, not its whole lines', async () => {
    const damaged = linesOf([measurement(2)]);
    damaged.write('X', 60);
    const before = linesOf([start(), measurement(1)]);
    bench.buffer(Buffer.concat([before, damaged, linesOf([measurement(3)])]));
    bench.file('quarantine', Buffer.alloc(0));
    expect(await bench.recover()).toMatchObject({
      recovered_measurements: 2,
      failed_recoveries: 1,
    });
    rmSync(join(bench.captures, 'quarantine'));
    expect(await bench.recover()).toMatchObject({
      recovered_measurements: 0,
      failed_recoveries: 0,
    });
    expect(quarantined(NAME)).toHaveLength(1);
  });

  it('holds up no other buffer', async () => {
    bench.buffer(linesOf([start(), measurement(1)]));
    mkdirSync(join(bench.captures, bufferFileName(OTHER_SESSION, OTHER_RUN, 1)));
    const summary = await bench.recover();
    expect(summary).toMatchObject({ recovered_measurements: 1, failed_recoveries: 1 });
    expect(summary.buffers.find(({ status }) => status === 'failed')?.error).toEqual(
      expect.any(String),
    );
  });
});

describe('a conflict', () => {
  it('is set aside, told, and never overwrites', async () => {
    const store = await bench.stores.get(false);
    await store.commit({ lines: linesOf([start(), measurement(1)]), recovered: false });
    const other = { ...measurement(1), elapsed_ms: 1 };
    bench.buffer(linesOf([start(), other, measurement(2)]));
    const summary = await bench.recover();
    expect(summary).toMatchObject({
      recovered_measurements: 1,
      quarantined_lines: 1,
      already_stored_measurements: 0,
    });
    expect(quarantined(NAME)).toMatchObject([{ position: linesOf([start()]).length }]);
    expect(bench.eventKeys()).toContain(`conflict:${NAME}`);
    expect(bench.query('SELECT elapsed_ms FROM measurement_log WHERE seq = 1')).toEqual([
      { elapsed_ms: 1000 },
    ]);
  });
});

describe('an emulated meter', () => {
  it('goes to the database of its own by the word of the record', async () => {
    bench.buffer(linesOf([start(SESSION, 'EMU00001'), ...measurements(1, 2, SESSION, 'EMU00001')]));
    await bench.recover();
    expect(bench.rows(true)).toHaveLength(2);
    expect(existsSync(bench.databasePath)).toBe(false);
  });
});

describe('an empty buffer', () => {
  it.each([
    ['of no length', Buffer.alloc(0)],
    ['with half a start line', encodeRecord(start()).subarray(0, 70)],
    ['with the zeros of a power cut', Buffer.alloc(5000)],
  ])('%s is removed', async (_, content) => {
    bench.buffer(content);
    const summary = await bench.recover();
    expect(summary.buffers).toMatchObject([{ status: 'empty', error: null }]);
    expect(summary).toMatchObject({ recovered_sessions: 0, failed_recoveries: 0 });
    expect(bench.names().filter((name) => name !== 'quarantine')).toEqual([]);
    expect(existsSync(bench.databasePath)).toBe(false);
  });
});

describe('a file without a run in its name', () => {
  it('of another program stays as it is', async () => {
    const path = bench.file('notes.jsonl', Buffer.from('{"hello":"world"}\n'));
    const summary = await bench.recover();
    expect(summary).toMatchObject({ failed_recoveries: 0, buffers: [{ status: 'foreign' }] });
    expect(readFileSync(path, 'utf8')).toBe('{"hello":"world"}\n');
    expect(bench.names()).toEqual(['notes.jsonl']);
  });

  it('with records in it is a buffer that somebody renamed', async () => {
    bench.file('copy of a buffer.jsonl', linesOf([start(), ...measurements(1, 3)]));
    expect((await bench.recover()).recovered_measurements).toBe(3);
    expect(bench.names()).toEqual([]);
  });
});

describe('what is no regular file under the name of a buffer', () => {
  const left = (name: string): unknown => ({ path: join(bench.captures, name), status: 'failed' });

  it.runIf(process.platform !== 'win32')('is left alone, and hangs nothing', async () => {
    const thesis = join(bench.directory, 'thesis.txt');
    writeFileSync(thesis, 'my thesis, do not cut\n'.repeat(10));
    const names = [1, 2, 3, 4].map((segment) => bufferFileName(SESSION, RUN, segment));
    const [directory = '', link = '', pipe = '', endless = ''] = names;
    mkdirSync(join(bench.captures, directory));
    symlinkSync(thesis, join(bench.captures, link));
    execFileSync('mkfifo', [join(bench.captures, pipe)]);
    symlinkSync('/dev/zero', join(bench.captures, endless));
    bench.buffer(linesOf([start(), ...measurements(1, 3)]), RUN, SESSION, 5);
    const summary = await bench.recover();
    expect(summary).toMatchObject({ failed_recoveries: 4, recovered_measurements: 3 });
    expect(summary.buffers.slice(0, 4)).toMatchObject(names.map(left));
    expect(bench.names()).toEqual([...names, lockFileName(RUN)].sort());
    expect(readFileSync(thesis, 'utf8')).toHaveLength(220);
  });
});

describe('a database that does not take it', () => {
  const failing = (error: Error): Partial<Parameters<Bench['recover']>[0]> => ({
    stores: { get: () => Promise.reject(error), close: () => Promise.resolve() },
  });

  it('leaves the buffer where it is', async () => {
    bench.buffer(linesOf([start(), measurement(1)]));
    const full = new StorageError('store_unwritable', 'no room');
    const summary = await bench.recover(failing(full));
    expect(summary).toMatchObject({
      recovered_sessions: 0,
      recovered_measurements: 0,
      already_stored_measurements: 0,
      failed_recoveries: 1,
      buffers: [{ status: 'failed', error: 'no room' }],
    });
    expect((await bench.recover()).recovered_measurements).toBe(1);
  });

  it('because it is locked is waited for', async () => {
    bench.buffer(linesOf([start(), measurement(1)]));
    let refusals = 2;
    const stores = {
      get: (emulated: boolean): Promise<Store> =>
        refusals-- > 0
          ? Promise.reject(new StorageError('store_locked', 'held'))
          : bench.stores.get(emulated),
      close: () => Promise.resolve(),
    };
    expect((await bench.recover({ stores, lockedMs: 10_000 })).recovered_measurements).toBe(1);
  });

  it('because it stays locked fails in a bounded time, for all buffers together', async () => {
    for (const segment of [1, 2, 3, 4, 5]) {
      bench.buffer(linesOf([start(), measurement(segment)]), RUN, SESSION, segment);
    }
    const began = performance.now();
    const locked = failing(new StorageError('store_locked', 'held'));
    const summary = await bench.recover({ ...locked, lockedMs: 2_000 });
    expect(summary.failed_recoveries).toBe(5);
    // Each for itself would take five times as long.
    expect(performance.now() - began).toBeLessThan(9_000);
  });

  it('into its main file keeps the buffer until the next time, which is no failure', async () => {
    bench.buffer(linesOf([start(), measurement(1)]));
    const stores = {
      get: async (emulated: boolean): Promise<Store> => ({
        ...bound(await bench.stores.get(emulated)),
        checkpoint: () => Promise.resolve(false),
      }),
      close: () => Promise.resolve(),
    };
    const kept = await bench.recover({ stores });
    expect(kept).toMatchObject({
      recovered_sessions: 1,
      recovered_measurements: 1,
      failed_recoveries: 0,
      buffers: [{ status: 'kept' }],
    });
    expect(bench.names()).toContain(NAME);
    const next = await bench.recover();
    expect(next).toMatchObject({ recovered_measurements: 0, already_stored_measurements: 1 });
    expect(bench.rows()).toHaveLength(1);
  });
});

describe('a dry run', () => {
  it('says what there is and changes nothing', async () => {
    bench.buffer(linesOf([start(), ...measurements(1, 3), auditEvent(4)]));
    bench.file('notes.jsonl', Buffer.from('{}\n'));
    const before = bench.names();
    const summary = await bench.recover({ dryRun: true });
    expect(summary).toMatchObject({
      dry_run: true,
      recovered_sessions: 1,
      recovered_measurements: 3,
      recovered_audit_events: 1,
    });
    expect(summary.buffers.map(({ status }) => status).sort()).toEqual(['foreign', 'found']);
    expect(bench.names()).toEqual(before);
    expect(existsSync(bench.databasePath)).toBe(false);
  });
});

describe('told to stop', () => {
  it('ends at a batch and leaves the rest to the next time', async () => {
    bench.buffer(linesOf([start(), ...measurements(1, 30)]));
    bench.buffer(linesOf([start(), ...measurements(31, 40)]), RUN, SESSION, 2);
    const stopping = new AbortController();
    const summary = await bench.recover({
      signal: stopping.signal,
      batch: { bytes: 1_000_000, records: 10 },
      onProgress: () => stopping.abort(),
    });
    expect(summary).toMatchObject({
      interrupted: true,
      failed_recoveries: 0,
      // The start and, as one run, as many measurements as make a batch.
      recovered_measurements: 10,
      buffers: [{ status: 'kept' }],
    });
    expect((await bench.recover()).recovered_measurements).toBe(30);
    expect(bench.rows()).toHaveLength(40);
  });
});

describe('progress', () => {
  it('reaches all bytes', async () => {
    bench.buffer(linesOf([start(), ...measurements(1, 3)]));
    bench.buffer(linesOf([start(), ...measurements(4, 5)]), OTHER_RUN);
    const seen: [number, number][] = [];
    await bench.recover({
      onProgress: ({ bytes, totalBytes }) => void seen.push([bytes, totalBytes]),
    });
    const [last, total] = seen.at(-1) ?? [0, 1];
    expect(last).toBe(total);
    expect(seen.map(([bytes]) => bytes)).toEqual(
      seen.map(([bytes]) => bytes).sort((a, b) => a - b),
    );
  });
});
