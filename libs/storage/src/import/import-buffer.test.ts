import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { Bench, frame, linesOf, measurements, start } from '../recovery/testing/bench.js';
import {
  doubled,
  LEGACY_SESSION,
  legacyMeasurement,
  legacyMeasurements,
  legacyStart,
} from '../recovery/testing/legacy-lines.js';
import { importPredecessorBuffer, type ImportBufferOptions } from './import-buffer.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  mkdirSync(join(bench.directory, 'old'));
});
afterEach(() => bench.end());

function left(...lines: (Buffer | string)[]): string {
  const path = join(bench.directory, 'old', 'session_14_buffer.jsonl');
  writeFileSync(path, Buffer.concat(lines.map((line) => Buffer.from(line))));
  return path;
}

const run = (path: string, options: Partial<ImportBufferOptions> = {}) =>
  importPredecessorBuffer({
    path,
    stores: bench.stores,
    capturesDir: bench.captures,
    clock: systemClock,
    log: silentLog,
    lockedMs: 0,
    ...options,
  });

describe("the predecessor's buffer", () => {
  it('is read where it lies, stays there, and twice doubles nothing', async () => {
    const path = left(legacyStart(), ...legacyMeasurements(1, 5));
    const bytes = readFileSync(path);
    expect(await run(path)).toMatchObject({
      kind: 'buffer',
      sessions: 1,
      frames: 5,
      imported_measurements: 5,
      already_stored_measurements: 0,
      complete: true,
    });
    expect(await run(path)).toMatchObject({
      imported_measurements: 0,
      already_stored_measurements: 5,
    });
    expect(bench.rows()).toHaveLength(5);
    expect(bench.sessions()).toMatchObject([
      { session_uid: LEGACY_SESSION, end_reason: 'crashed' },
    ]);
    expect(readFileSync(path)).toEqual(bytes);
  });

  it('counts what comes out otherwise, and keeps bytes that are no reading', async () => {
    const at = '2025-09-26T13:24:01Z';
    const path = left(
      legacyStart(),
      legacyMeasurement(at, doubled(frame('7.01'))),
      legacyMeasurement(at, '0102'),
      `${JSON.stringify({ type: 'measurement', captured_at: at, raw_frame_hex: frame('7.02').toString('hex') })}\n`,
    );
    expect(await run(path)).toMatchObject({
      frames: 3,
      imported_measurements: 2,
      doubled_headers: 1,
      corrected_measurements: 1,
      gained_measurements: 1,
      undecodable_frames: 1,
    });
  });

  it('that is damaged gives what is whole; the rest is in the quarantine, told once', async () => {
    const path = left(legacyStart(), 'no JSON\n', ...legacyMeasurements(1, 2), '{"type":"mea');
    for (const imported of [2, 0])
      expect(await run(path)).toMatchObject({
        imported_measurements: imported,
        unreadable_rows: 2,
      });
    expect(bench.names('quarantine')).not.toEqual([]);
    expect(bench.eventKeys().filter((key) => key.startsWith('legacy_lines:'))).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toContain('{"type":"mea');
  });

  it('is only looked at in a dry run', async () => {
    const path = left(legacyStart(), 'no JSON\n', ...legacyMeasurements(1, 2));
    expect(await run(path, { dryRun: true })).toMatchObject({
      sessions: 1,
      imported_measurements: 2,
      unreadable_rows: 1,
    });
    expect(existsSync(bench.databasePath)).toBe(false);
    expect(bench.names('quarantine')).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const path = left(legacyStart(), ...legacyMeasurements(1, 5));
    const batch = { bytes: 1, records: 1 };
    const controller = new AbortController();
    const stopped = await run(path, {
      batch,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(stopped.complete).toBe(false);
    expect(stopped.imported_measurements).toBeLessThan(5);
    expect(await run(path)).toMatchObject({ complete: true });
    expect(bench.rows()).toHaveLength(5);
  });

  it.each([
    ['one of this system', () => left(linesOf([start(), ...measurements(1, 2)])), 'import_foreign'],
    ['not there', () => join(bench.directory, 'none'), 'import_unreadable'],
    [
      'a link',
      () => {
        const path = join(bench.directory, 'link.jsonl');
        symlinkSync(left(legacyStart()), path);
        return path;
      },
      'import_unreadable',
    ],
  ])('that is %s is refused', async (_, path, code) => {
    await expect(run(path())).rejects.toMatchObject({ code });
    expect(existsSync(bench.databasePath)).toBe(false);
  });
});
