import { mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { encodeFrame, encodeRecord, silentLog, systemClock } from '@elmetron/protocol';
import { bufferFileName, openSqliteStore, openStores, preflight } from '@elmetron/storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KnownLine } from '../replay/account.js';
import { StoreChecker } from './check-store.js';
import type { CheckSetting, DiskState } from './state.js';
import { PLACES, type Recovery } from './tree-recovery.js';

const SESSION = '01990000-0000-7000-8000-000000000001';
const RUN = '01990000-0000-7000-9000-00000000000a';
const at = (seq: number): string => new Date(Date.UTC(2026, 0, 1) + seq * 1_000).toISOString();

function measurement(seq: number, value = seq / 100): Buffer {
  const unit = 'pH';
  const [temperature, deviceTime] = ['25.0', '2026-01-02T03:04:05'];
  const frame = encodeFrame({
    serial: '1/26',
    value: value.toFixed(2),
    unit,
    temperature,
    deviceTime,
  });
  const rest = { record_number: 0, status: '0', range: '00000', mode: '00000' };
  return encodeRecord({
    v: 1,
    type: 'measurement',
    session: SESSION,
    seq,
    captured_at: at(seq),
    elapsed_ms: seq * 1_000,
    raw_frame_hex: frame.toString('hex'),
    decoded: {
      value,
      unit,
      temperature: 25,
      temperature_unit: '°C',
      device_time: deviceTime,
      ...rest,
    },
  });
}

const start = encodeRecord({
  v: 1,
  type: 'session_start',
  session: SESSION,
  seq: 0,
  started_at: at(0),
  source: 'bench-1',
  profile: 'cx505',
  device: { model: 'CX-505', serial: '1/26', port: '/dev/ttyUSB0' },
  emulated: false,
  metadata: { operator: 'A. Kowalska', room: 7 },
});
const note = encodeRecord({
  v: 1,
  type: 'metadata_update',
  session: SESSION,
  seq: 4,
  at: at(4),
  metadata: { room: 8 },
});
const event = encodeRecord({
  v: 1,
  type: 'audit_event',
  session: SESSION,
  seq: 5,
  at: at(5),
  level: 'warning',
  category: 'link',
  message: 'lost',
  payload: { what: 'lost' },
});
const end = encodeRecord({
  v: 1,
  type: 'session_end',
  session: SESSION,
  seq: 6,
  ended_at: at(6),
  reason: 'stopped',
  measurement_count: 3,
});
const LINES = [start, measurement(1), measurement(2), measurement(3), note, event, end];
const POISON = Buffer.from('no record');

const known: KnownLine[] = [
  ...LINES.map((line, seq) => ({ session: SESSION, seq, line, kind: 'record' as const })),
  { session: SESSION, seq: 7, line: POISON, kind: 'poison' },
  { session: SESSION, seq: 8, line: Buffer.alloc(0), kind: 'lost' },
];
const setting: CheckSetting = {
  tree: '',
  checks: 'database',
  archiveDays: 0,
  damagedOnPurpose: false,
  capturesUnusable: false,
  lines: known,
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'check-store-'));
  mkdirSync(join(directory, 'captures'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const databasePath = (): string => join(directory, PLACES.database_path);
const joined = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));

/** The real recovery. */
const recovery: Recovery = {
  run: async (at) => {
    const paths = {
      databasePath: join(at, PLACES.database_path),
      demoDatabasePath: join(at, PLACES.demo_database_path),
    };
    const shared = { clock: systemClock, log: silentLog };
    const open = async (path: string) => openSqliteStore({ path, busyTimeoutMs: 100, ...shared });
    const stores = openStores({ ...paths, open });
    const capturesDir = join(at, PLACES.captures_dir);
    const summary = await preflight({ ...paths, capturesDir, archiveDays: 0, stores, ...shared });
    await stores.close();
    return summary;
  },
};

async function store(lines: readonly Buffer[]): Promise<void> {
  const opened = openSqliteStore({
    path: databasePath(),
    busyTimeoutMs: 100,
    clock: systemClock,
    log: silentLog,
  });
  await opened.commit({ lines: joined(lines), recovered: false });
  await opened.close();
}

function buffer(lines: readonly Buffer[]): void {
  writeFileSync(join(directory, 'captures', bufferFileName(SESSION, RUN, 1)), joined(lines));
}

function change(sql: string): void {
  const db = new SqliteDatabase(databasePath());
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
}

async function violations(
  acknowledged: number,
  state: Partial<DiskState> = {},
): Promise<readonly string[]> {
  const owed = { acknowledged: { [SESSION]: acknowledged }, damaged: [], kept: {} };
  const whole: DiskState = { directories: [], files: [], owed, databaseLost: false, ...state };
  return (await new StoreChecker(setting).check(directory, whole, recovery)).violations;
}

describe('a disk on which everything acknowledged is there', () => {
  it('in the database passes', async () => {
    await store(LINES);
    expect(await violations(6)).toEqual([]);
  });

  it('in a buffer that recovery replays passes', async () => {
    buffer(LINES);
    expect(await violations(6)).toEqual([]);
    expect(readdirSync(join(directory, 'captures'))).toEqual([]);
  });

  it('in both passes', async () => {
    await store(LINES.slice(0, 4));
    buffer(LINES);
    expect(await violations(6)).toEqual([]);
  });

  it('and more than that passes', async () => {
    await store(LINES);
    expect(await violations(2)).toEqual([]);
  });
});

describe('it notices', () => {
  it('what is lost', async () => {
    await store(LINES.slice(0, 3));
    expect(await violations(3)).toEqual([
      `lost: record 3 of ${SESSION} was acknowledged and is not in the database`,
    ]);
  });

  it('a database that is not there at all', async () => {
    expect(await violations(0)).toHaveLength(1);
  });

  it.each([
    ['a value', 'UPDATE measurements SET value = value + 0.01 WHERE seq = 2', 'measurement 2'],
    ['a frame', "UPDATE measurements SET raw_frame = x'01' WHERE seq = 1", 'measurement 1'],
    [
      'a time',
      'UPDATE measurements SET captured_ms = captured_ms + 1 WHERE seq = 3',
      'measurement 3',
    ],
    ['the start', "UPDATE sessions SET profile = 'other'", 'session_start 0'],
    ['metadata', "UPDATE session_metadata SET value = 'B' WHERE seq = 4", 'metadata_update 4'],
    ['an event', `UPDATE audit_events SET payload = '{}' WHERE seq = 5`, 'audit_event 5'],
    ['the end', 'UPDATE sessions SET end_measurement_count = 9', 'session_end 6'],
  ])('that %s is altered', async (_, sql, what) => {
    await store(LINES);
    change(sql);
    expect(await violations(6)).toEqual([`altered: ${what} of ${SESSION} is not what was sent`]);
  });

  it('what is invented', async () => {
    await store([...LINES.slice(0, 2), measurement(9)]);
    expect(await violations(1)).toEqual([
      `invented: measurement 9 of ${SESSION} was never made by the source`,
    ]);
  });

  it('what is doubled', async () => {
    await store(LINES);
    change(`INSERT INTO audit_events (session_id, seq, at_ms, level, category, message, payload)
            VALUES (1, 2, 0, 'info', 'link', 'm', '{}')`);
    expect(await violations(6)).toEqual(
      expect.arrayContaining([
        `doubled: audit_event 2 of ${SESSION}`,
        expect.stringContaining('says 7 records'),
      ]),
    );
  });

  it('figures of a session that are not those of its rows', async () => {
    await store(LINES);
    change('UPDATE sessions SET measurement_count = 4');
    expect(await violations(6)).toEqual([
      expect.stringContaining('says 7 records, 4 measurements'),
    ]);
  });

  it('a poisoned record that is nowhere, and lost numbers that nothing explains', async () => {
    await store(LINES);
    expect(await violations(8)).toEqual([
      expect.stringContaining('record 7'),
      expect.stringContaining('the source lost record 8'),
    ]);
  });

  it('but not when the quarantine has them', async () => {
    await store(LINES);
    mkdirSync(join(directory, 'captures/quarantine'));
    const entry = {
      position: 7,
      length: 9,
      crc: '0',
      at: at(7),
      origin: `stream_${SESSION}`,
      reason: '',
    };
    const lines = [
      { ...entry, utf8: POISON.toString() },
      { ...entry, utf8: '', reason: 'numbers 8 to 8 were lost in the spool of the source' },
    ];
    const content = lines.map((line) => JSON.stringify(line)).join('\n');
    writeFileSync(join(directory, 'captures/quarantine/stream.jsonl'), `${content}\n{"torn`);
    expect(await violations(8)).toEqual([]);
  });

  it('a database that counts as damaged', async () => {
    mkdirSync(join(directory, 'data'));
    writeFileSync(databasePath(), Buffer.alloc(8_192));
    const found = await violations(-1);
    expect(found[0]).toContain('made the database');
  });

  it('a second recovery that still finds something to do', async () => {
    buffer(LINES);
    const idle: Recovery = {
      run: async (at) => {
        const summary = await recovery.run(at);
        buffer(LINES);
        return summary;
      },
    };
    const owed = { acknowledged: {}, damaged: [], kept: {} };
    const state = { directories: [], files: [], owed, databaseLost: false };
    const { violations: found } = await new StoreChecker(setting).check(directory, state, idle);
    expect(found).toEqual([expect.stringContaining('the second recovery finds')]);
  });
});
