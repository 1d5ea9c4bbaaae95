/**
 * A bench for recovery tests: a captures directory and two real databases in a directory of its own,
 * buffers as a dead writer leaves them, and what the databases hold afterwards.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import {
  encodeFrame,
  encodeRecord,
  silentLog,
  systemClock,
  type AuditEvent,
  type Measurement,
  type SessionEnd,
  type SessionRecord,
  type SessionStart,
} from '@elmetron/protocol';
import { bufferFileName } from '../../buffer/index.js';
import { openSqliteStore, openStores, type Store, type Stores } from '../../store/index.js';
import { recoverBuffers, type RecoverBuffersOptions } from '../recover-buffers.js';
import type { RecoverySummary } from '../summary.js';

export const SESSION = '01990000-0000-7000-8000-000000000001';
export const OTHER_SESSION = '01990000-0000-7000-8000-000000000002';
export const RUN = '01990000-0000-7000-9000-00000000000a';
export const OTHER_RUN = '01990000-0000-7000-9000-00000000000b';

const STARTED = Date.parse('2026-01-02T03:04:05.000Z');
const at = (seq: number): string => new Date(STARTED + seq * 1000).toISOString();

export function frame(value: string, serial = '00308/25'): Buffer {
  const deviceTime = '2026-01-02T03:04:05';
  return encodeFrame({ serial, value, unit: 'pH', temperature: '25.0', deviceTime });
}

export function start(session = SESSION, serial = '00308/25'): SessionStart {
  return {
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: at(0),
    source: 'bench-1',
    profile: 'cx505',
    device: { model: 'CX-505', serial, port: '/dev/ttyUSB0' },
    emulated: serial.startsWith('EMU'),
    metadata: { operator: 'A. Kowalska' },
  };
}

export function measurement(seq: number, session = SESSION, serial = '00308/25'): Measurement {
  const value = seq / 100;
  return {
    v: 1,
    type: 'measurement',
    session,
    seq,
    captured_at: at(seq),
    elapsed_ms: seq * 1000,
    raw_frame_hex: frame(value.toFixed(2), serial).toString('hex'),
    decoded: {
      value,
      unit: 'pH',
      temperature: 25,
      temperature_unit: '°C',
      device_time: '2026-01-02T03:04:05',
      record_number: 0,
      status: '0',
      range: '00000',
      mode: '00000',
    },
  };
}

export function auditEvent(seq: number, session = SESSION): AuditEvent {
  const event = { level: 'info', category: 'link', message: 'm', payload: {} } as const;
  return { v: 1, type: 'audit_event', session, seq, at: at(seq), ...event };
}

export function end(seq: number, measurements: number, session = SESSION): SessionEnd {
  const rest = { ended_at: at(seq), reason: 'stopped', measurement_count: measurements } as const;
  return { v: 1, type: 'session_end', session, seq, ...rest };
}

/** Numbers `from` to `to`. */
export function measurements(
  from: number,
  to: number,
  session = SESSION,
  serial?: string,
): Measurement[] {
  return Array.from({ length: to - from + 1 }, (_, i) => measurement(from + i, session, serial));
}

/** Lines with their newlines. */
export function linesOf(records: readonly SessionRecord[]): Buffer {
  return Buffer.concat(records.flatMap((record) => [encodeRecord(record), Buffer.from('\n')]));
}

/** The store's methods as an object that one of them can be replaced in. */
export function bound(store: Store): Store {
  return {
    commit: (batch) => store.commit(batch),
    importLegacy: (batch) => store.importLegacy(batch),
    recordEvent: (event) => store.recordEvent(event),
    annotate: (annotations) => store.annotate(annotations),
    reconcileSessions: (source, listed) => store.reconcileSessions(source, listed),
    sessionState: (session) => store.sessionState(session),
    unexplainedHoles: (source, listed) => store.unexplainedHoles(source, listed),
    checkpoint: () => store.checkpoint(),
    close: () => store.close(),
  };
}

export interface StoredRow {
  readonly session_uid: string;
  readonly seq: number;
  readonly captured_at: string;
  readonly value: number | null;
  readonly unit: string;
  readonly recovered: number;
}

export interface StoredSession {
  readonly session_uid: string;
  readonly ended_at: string | null;
  readonly end_reason: string | null;
  readonly measurement_count: number;
  readonly recovered_count: number;
  readonly last_seq: number;
}

export class Bench {
  readonly directory = mkdtempSync(join(tmpdir(), 'recovery-'));
  readonly captures = join(this.directory, 'captures');
  readonly databasePath = join(this.directory, 'data', 'elmetron.sqlite');
  readonly demoDatabasePath = join(this.directory, 'data', 'demo.sqlite');
  #stores: Stores | undefined;

  constructor() {
    mkdirSync(this.captures);
  }

  get stores(): Stores {
    this.#stores ??= openStores({
      databasePath: this.databasePath,
      demoDatabasePath: this.demoDatabasePath,
      open: async (path) =>
        openSqliteStore({ path, busyTimeoutMs: 100, clock: systemClock, log: silentLog }),
    });
    return this.#stores;
  }

  /** A buffer as it lies after a kill; its path. */
  buffer(content: Uint8Array, run = RUN, session = SESSION, segment = 1): string {
    return this.file(bufferFileName(session, run, segment), content);
  }

  file(name: string, content: Uint8Array): string {
    const path = join(this.captures, name);
    writeFileSync(path, content);
    return path;
  }

  options(): RecoverBuffersOptions {
    return {
      capturesDir: this.captures,
      stores: this.stores,
      archiveDays: 0,
      clock: systemClock,
      log: silentLog,
      lockedMs: 0,
      quietMs: 0,
    };
  }

  recover(options: Partial<RecoverBuffersOptions> = {}): Promise<RecoverySummary> {
    return recoverBuffers({ ...this.options(), ...options });
  }

  rows(emulated = false): StoredRow[] {
    return this.query(
      'SELECT session_uid, seq, captured_at, value, unit, recovered FROM measurement_log ORDER BY session_uid, seq',
      emulated,
    );
  }

  sessions(emulated = false): StoredSession[] {
    return this.query(
      'SELECT session_uid, ended_at, end_reason, measurement_count, recovered_count, last_seq FROM session_log ORDER BY session_uid',
      emulated,
    );
  }

  /** Keys of the events that have no number, in order. */
  eventKeys(emulated = false): string[] {
    const sql = 'SELECT key FROM audit_events WHERE key IS NOT NULL ORDER BY key';
    return this.query<{ key: string }>(sql, emulated).map(({ key }) => key);
  }

  query<T>(sql: string, emulated = false): T[] {
    const path = emulated ? this.demoDatabasePath : this.databasePath;
    const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
    try {
      return db.prepare<[], T>(sql).all();
    } finally {
      db.close();
    }
  }

  /** Names below `captures`, or a directory in it; none when that is not there. */
  names(directory = '.'): string[] {
    try {
      return readdirSync(join(this.captures, directory)).sort();
    } catch {
      return [];
    }
  }

  /** Closes the databases; what comes after opens them again. */
  async closeStores(): Promise<void> {
    await this.#stores?.close();
    this.#stores = undefined;
  }

  async end(): Promise<void> {
    await this.closeStores();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
