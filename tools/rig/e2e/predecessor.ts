/** What the predecessor leaves: a database and buffers, made of recorded frames where they are at hand. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { encodeFrame } from '@elmetron/protocol';

const RECORDED = fileURLToPath(
  new URL('../../../../shared/captures/frames.jsonl', import.meta.url),
);

/** A frame as it came, and what it says. */
export interface LeftFrame {
  readonly hex: string;
  readonly doubled: boolean;
  readonly value: number;
  readonly unit: string;
  readonly temperature: number;
}

export interface LeftReading extends LeftFrame {
  /** UTC, ISO 8601 with ms. */
  readonly at: string;
}

export const STARTED = '2025-09-26 13:24:00';
export const SESSION = 'legacy-14-2025-09-26T13:24:00';

/** Some of them with a doubled header. */
export function leftFrames(): readonly LeftFrame[] {
  const made = Array.from({ length: 12 }, (_, n) => madeFrame(n, n % 5 === 0));
  return existsSync(RECORDED) ? [...recordedFrames(), ...made] : made;
}

/** One every 0.8 s, but each tenth at the time and with the frame of the one before. */
export function leftReadings(frames: readonly LeftFrame[], count: number): readonly LeftReading[] {
  const began = Date.parse(`${STARTED.replace(' ', 'T')}Z`);
  return Array.from({ length: count }, (_, n) => {
    const i = n % 10 === 9 ? n - 1 : n;
    return { ...frames[i % frames.length]!, at: new Date(began + i * 800).toISOString() };
  });
}

/** The whole database: session 14, noted and annotated, and rows that are no reading. */
export function leaveDatabase(path: string, readings: readonly LeftReading[]): void {
  const db = new Database(path);
  db.exec(`
    CREATE TABLE instruments (id INTEGER PRIMARY KEY, serial TEXT, description TEXT, model TEXT);
    CREATE TABLE sessions (id INTEGER PRIMARY KEY, instrument_id INTEGER, started_at TEXT, ended_at TEXT, note TEXT);
    CREATE TABLE session_metadata (session_id INTEGER, key TEXT, value TEXT);
    CREATE TABLE raw_frames (id INTEGER PRIMARY KEY, session_id INTEGER, captured_at TEXT, frame_hex TEXT, frame_bytes INTEGER);
    CREATE TABLE measurements (id INTEGER PRIMARY KEY, session_id INTEGER, frame_id INTEGER, measurement_timestamp TEXT,
      value REAL, unit TEXT, temperature REAL, temperature_unit TEXT, payload_json TEXT);
    CREATE TABLE annotations (id INTEGER PRIMARY KEY, session_id INTEGER, created_at TEXT, author TEXT, text TEXT);
    CREATE TABLE audit_events (id INTEGER PRIMARY KEY, session_id INTEGER, timestamp TEXT, level TEXT, message TEXT, payload_json TEXT);
    INSERT INTO instruments VALUES (1, '00308/25', 'CX-505 USB', 'CX-505');
    INSERT INTO sessions VALUES (14, 1, '${STARTED}', '2025-09-26 14:00:00', 'titration of the day');
    INSERT INTO session_metadata VALUES (14, 'operator', 'A. Kowalska');
    INSERT INTO annotations VALUES (1, 14, '2025-09-26 13:25:00', 'A. K.', 'drop of acid');
    INSERT INTO annotations VALUES (2, 14, '2025-09-26 13:25:00', 'A. K.', 'drop of acid');
    INSERT INTO audit_events VALUES (1, 14, '2025-09-26 13:26:00', 'WARNING', 'port lost', '{}');
    INSERT INTO raw_frames VALUES (1000001, 14, '2025-09-26 13:27:00', '0102', 2);
    INSERT INTO measurements (id, session_id, value, unit) VALUES (1000001, 14, 7.5, 'pH');
  `);
  const frame = db.prepare('INSERT INTO raw_frames VALUES (?, 14, ?, ?, ?)');
  const made = db.prepare(
    `INSERT INTO measurements (session_id, frame_id, measurement_timestamp, value, unit, temperature, temperature_unit)
     VALUES (14, ?, ?, ?, ?, ?, '°C')`,
  );
  db.transaction(() => {
    for (const [n, { hex, at, ...reading }] of readings.entries()) {
      const { value, unit } = asStored(reading);
      frame.run(n + 1, at, hex, hex.length / 2);
      made.run(n + 1, at, value, unit, reading.temperature);
    }
  })();
  db.close();
}

export function leaveBuffer(path: string, readings: readonly LeftReading[]): void {
  const start = {
    type: 'session_start',
    session_id: 14,
    started_at: STARTED,
    device: { serial: '00308/25', description: 'CX-505 USB', model: 'CX-505' },
    metadata: {},
  };
  const lines = readings.map(({ hex, at, ...reading }) => ({
    type: 'measurement',
    captured_at: at,
    raw_frame_hex: hex,
    decoded: asStored(reading),
  }));
  writeFileSync(path, [start, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** The predecessor took the first SOH for the beginning. */
function asStored({ doubled, value, unit }: Pick<LeftFrame, 'doubled' | 'value' | 'unit'>) {
  return doubled ? { value: null, unit: 'S/N00308/25' } : { value, unit };
}

function madeFrame(n: number, doubled: boolean): LeftFrame {
  const value = (7 + n / 100).toFixed(2);
  const frame = encodeFrame({
    serial: '00308/25',
    value,
    unit: 'pH',
    temperature: '21.5',
    deviceTime: '2025-09-26T13:24:00',
  });
  const header = doubled ? frame.subarray(0, frame.indexOf(0x02) + 1) : Buffer.alloc(0);
  const hex = Buffer.concat([header, frame]).toString('hex');
  return { hex, doubled, value: Number(value), unit: 'pH', temperature: 21.5 };
}

function recordedFrames(): readonly LeftFrame[] {
  const lines = readFileSync(RECORDED, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const {
      frame_hex: hex,
      doubled,
      expect,
    } = JSON.parse(line) as {
      readonly frame_hex: string;
      readonly doubled: boolean;
      readonly expect: Omit<LeftFrame, 'hex' | 'doubled'>;
    };
    const { value, unit, temperature } = expect;
    return { hex, doubled, value, unit, temperature };
  });
}
