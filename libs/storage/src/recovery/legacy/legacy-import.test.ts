import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sessionIdSchema } from '@elmetron/protocol';
import type { Store, Stores } from '../../store/store.js';
import { Bench, bound, frame, linesOf, measurement, start } from '../testing/bench.js';
import {
  doubled,
  LEGACY_SESSION,
  legacyMeasurement,
  legacyMeasurements,
  legacyStart,
} from '../testing/legacy-lines.js';
import { legacySessionName } from './legacy-session.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

const NAME = 'session_14_buffer.jsonl';
const leave = (...lines: Buffer[]): string => bench.file(NAME, Buffer.concat(lines));
const rawFrames = (): Buffer[] =>
  bench
    .query<{ raw_frame: Buffer }>('SELECT raw_frame FROM measurement_log ORDER BY seq')
    .map(({ raw_frame }) => raw_frame);

describe('a buffer of the predecessor', () => {
  it('becomes a session of its own name, ended, its buffer gone', async () => {
    const content = Buffer.concat([legacyStart(), ...legacyMeasurements(1, 3)]);
    leave(content);
    const summary = await bench.recover({ archiveDays: 30 });
    expect(summary).toMatchObject({
      recovered_sessions: 1,
      recovered_measurements: 3,
      buffers: [{ session_uid: LEGACY_SESSION, status: 'recovered' }],
    });
    expect(bench.rows()).toMatchObject([
      { seq: 1, captured_at: '2025-09-26T13:24:01.000Z', value: 0.01, recovered: 1 },
      { seq: 2, captured_at: '2025-09-26T13:24:02.000Z', value: 0.02, recovered: 1 },
      { seq: 3, captured_at: '2025-09-26T13:24:03.000Z', value: 0.03, recovered: 1 },
    ]);
    expect(bench.sessions()).toMatchObject([{ end_reason: 'crashed', measurement_count: 3 }]);
    expect(bench.names()).toEqual(['archive']);
    const archived = readFileSync(join(bench.captures, 'archive', `${NAME}.gz`));
    expect(gunzipSync(archived)).toEqual(content);
  });

  it('imported twice doubles nothing', async () => {
    const content = [legacyStart(), ...legacyMeasurements(1, 5)];
    leave(...content);
    await bench.recover();
    leave(...content);
    expect(await bench.recover()).toMatchObject({
      recovered_measurements: 0,
      already_stored_measurements: 5,
    });
    expect(bench.rows()).toHaveLength(5);
  });

  it('keeps equal readings of one time as often as they occur', async () => {
    const twice = legacyMeasurement('2025-09-26T13:24:05', frame('7.00'));
    leave(legacyStart(), twice, twice);
    await bench.recover();
    leave(legacyStart(), twice, twice, twice);
    expect((await bench.recover({ batch: { bytes: 1, records: 1 } })).recovered_measurements).toBe(
      1,
    );
    expect(bench.rows()).toHaveLength(3);
  });

  it('is read again: a doubled header, CR LF, upper case', async () => {
    const raw = frame('7.01');
    leave(
      legacyStart(),
      legacyMeasurement('2025-09-26T13:24:01', doubled(raw)),
      legacyMeasurement('2025-09-26T13:24:02', `${raw.toString('hex').toUpperCase()}0D0A`),
    );
    await bench.recover();
    expect(rawFrames()).toEqual([raw, raw]);
    expect(bench.rows()).toMatchObject([
      { value: 7.01, unit: 'pH' },
      { value: 7.01, unit: 'pH' },
    ]);
  });

  it('keeps bytes that are no reading as an event, once', async () => {
    const broken = frame('7.00').subarray(0, 50);
    const content = [legacyStart(), legacyMeasurement('2025-09-26T13:24:01', broken)];
    leave(...content, ...legacyMeasurements(2, 3));
    expect((await bench.recover()).recovered_measurements).toBe(2);
    leave(...content);
    await bench.recover();
    const sql = "SELECT payload FROM audit_events WHERE category = 'undecodable_frame'";
    const events = bench.query<{ payload: string }>(sql);
    expect(events).toHaveLength(1);
    expect(events[0]?.payload).toContain(broken.toString('hex'));
  });

  it('sets unreadable lines aside and goes on', async () => {
    const lines = [
      Buffer.from('no json\n'),
      Buffer.from('{"type":"measurement","captured_at":"2025-09-26T13:24:01"}\n'),
      legacyMeasurement('yesterday', frame('7.00')),
      legacyMeasurement('2025-09-26T13:24:01', 'xyz'),
      Buffer.from('{"type":"something"}\n'),
    ];
    leave(legacyStart(), ...lines, ...legacyMeasurements(2, 4), Buffer.from('{"type":"mea'));
    const summary = await bench.recover();
    expect(summary).toMatchObject({ recovered_measurements: 3, quarantined_lines: 5 });
    expect(summary.buffers[0]?.torn_bytes).toBe(12);
    const kept = readFileSync(join(bench.captures, 'quarantine', `${NAME}.jsonl`), 'utf8');
    expect(kept.trim().split('\n')).toHaveLength(6);
  });

  it('without its start is named by its file and its first reading', async () => {
    leave(...legacyMeasurements(1, 2));
    await bench.recover();
    expect(bench.sessions()).toMatchObject([{ session_uid: 'legacy-14-2025-09-26T13:24:01.000Z' }]);
  });

  it('may hold several sessions', async () => {
    leave(
      legacyStart(),
      ...legacyMeasurements(1, 2),
      legacyStart({ session_id: 15 }),
      ...legacyMeasurements(3, 5),
    );
    await bench.recover();
    expect(bench.sessions().map((session) => session.measurement_count)).toEqual([2, 3]);
  });

  it('keeps what its start says of device and metadata', async () => {
    leave(legacyStart({ metadata: { sample: 'A', n: 3, deep: { x: 1 } } }));
    await bench.recover();
    const metadata = bench.query<{ key: string; value: unknown }>(
      'SELECT key, value FROM session_metadata ORDER BY key',
    );
    expect(Object.fromEntries(metadata.map(({ key, value }) => [key, value]))).toEqual({
      deep: '{"x":1}',
      legacy_description: 'CX-505 USB',
      n: 3,
      sample: 'A',
    });
    expect(bench.query('SELECT model, serial FROM session_log')).toEqual([
      { model: 'CX-505', serial: '00308/25' },
    ]);
  });

  it('takes the meter’s own word where the start says nothing', async () => {
    leave(legacyStart({ device: {} }), ...legacyMeasurements(1, 1));
    await bench.recover();
    expect(bench.query('SELECT model, serial FROM session_log')).toEqual([
      { model: 'CX-505', serial: '00308/25' },
    ]);
  });

  it('of an emulated meter goes to the database of its own', async () => {
    const raw = frame('7.00', 'EMU00001');
    leave(legacyStart({ device: {} }), legacyMeasurement('2025-09-26T13:24:01', raw));
    await bench.recover();
    expect(bench.rows(true)).toHaveLength(1);
  });

  it('killed at its first line is removed, a copy kept', async () => {
    leave(Buffer.from('{"type":"session_st'));
    expect((await bench.recover()).buffers).toMatchObject([{ status: 'empty' }]);
    expect(bench.names()).toEqual(['quarantine']);
  });

  it('is known by its lines, whatever its name', async () => {
    bench.file('old.jsonl', Buffer.concat([legacyStart(), ...legacyMeasurements(1, 2)]));
    expect((await bench.recover()).recovered_measurements).toBe(2);
  });

  it('beside one of this system in one file is told apart from it', async () => {
    bench.file('mixed.jsonl', Buffer.concat([legacyStart(), linesOf([start(), measurement(1)])]));
    expect((await bench.recover()).quarantined_lines).toBe(2);
  });
});

describe('a predecessor that still writes', () => {
  const another = legacyMeasurements(3, 3)[0] ?? Buffer.alloc(0);

  it('keeps its buffer; what it had written is in the database, the rest follows', async () => {
    const path = leave(legacyStart(), ...legacyMeasurements(1, 2));
    let written = false;
    const onProgress = (): void => {
      if (!written) appendFileSync(path, another);
      written = true;
    };
    const writing = await bench.recover({ onProgress });
    expect(writing).toMatchObject({ failed_recoveries: 0, buffers: [{ status: 'kept' }] });
    expect(bench.rows().length).toBeGreaterThanOrEqual(2);
    expect((await bench.recover()).buffers).toMatchObject([{ status: 'recovered' }]);
    expect(bench.rows()).toHaveLength(3);
  });

  it('is waited for a while after its last line', async () => {
    const path = leave(legacyStart(), ...legacyMeasurements(1, 2));
    const stores: Stores = {
      get: async (emulated) => {
        const store = await bench.stores.get(emulated);
        // The last that happens before it waits: it has read the file by then.
        const reconcileSessions: Store['reconcileSessions'] = (source, listed) => {
          appendFileSync(path, another);
          return store.reconcileSessions(source, listed);
        };
        return { ...bound(store), reconcileSessions };
      },
      close: () => Promise.resolve(),
    };
    expect((await bench.recover({ stores })).buffers).toMatchObject([{ status: 'kept' }]);
    expect(bench.rows()).toHaveLength(2);

    // Written to a moment ago, by the file's own time: looked at again after the wait.
    const began = performance.now();
    const summary = await bench.recover({ quietMs: 300 });
    expect(summary.buffers).toMatchObject([{ status: 'recovered' }]);
    expect(performance.now() - began).toBeGreaterThan(100);
    expect(bench.rows()).toHaveLength(3);
  });
});

describe('the name of an imported session', () => {
  it.each(['2025-09-26T13:24:00.123456+00:00', '2025-09-26 13:24:00', 'a "strange" time', ''])(
    'of %j is one that a record may have',
    (startedAt) => {
      expect(sessionIdSchema.safeParse(legacySessionName('14', startedAt)).success).toBe(true);
    },
  );

  it('holds id and time', () => {
    expect(legacySessionName('14', '2025-09-26 13:24:00')).toBe('legacy-14-2025-09-26T13:24:00');
  });
});
