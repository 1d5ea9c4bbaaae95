/** A database of a test: what it is asked is answered from lists, in this thread. */
import { StorageError, type LoggedReading, type LoggedSession } from '@elmetron/storage';
import { Database, type Place } from '../databases/database.js';
import type { DatabaseReader } from '../databases/reader.js';
import { BEGAN } from './owned-clock.js';

export function madeSession(uid: string, of: Partial<LoggedSession> = {}): LoggedSession {
  return {
    session_uid: uid,
    source: 'bench-1',
    model: 'CX-505',
    serial: '00308/25',
    profile: 'cx505',
    started_at: new Date(BEGAN).toISOString(),
    ended_at: null,
    end_reason: null,
    measurement_count: 3,
    recovered_count: 0,
    last_seq: 3,
    ...of,
  };
}

export function loggedReading(seq: number): LoggedReading {
  return {
    seq,
    captured_at: new Date(BEGAN + 1000 * seq).toISOString(),
    elapsed_ms: 1000 * seq,
    device_time: null,
    value: seq / 100,
    unit: 'pH',
    temperature: 25,
    temperature_unit: '°C',
    raw_frame: Buffer.from('01', 'hex'),
    recovered: 0,
  };
}

export function fakeReader(of: Partial<DatabaseReader> = {}): DatabaseReader {
  const missing = (): never => {
    throw new StorageError('store_missing', 'There is no database yet.');
  };
  return {
    sessions: async () => missing(),
    session: async () => missing(),
    extent: async () => missing(),
    metadata: async () => missing(),
    annotations: async () => missing(),
    events: async () => missing(),
    lastEvents: async () => missing(),
    curve: async () => missing(),
    recent: async () => missing(),
    statistics: async () => missing(),
    countReadings: async () => missing(),
    readings: () => missing(),
    close: async () => undefined,
    ...of,
  };
}

/** A database that is there, as `of` has it. */
export function fakeDatabase(place: Place, of: Partial<DatabaseReader> = {}): Database {
  return new Database(
    place,
    () => fakeReader(of),
    async () => true,
  );
}
