/** Readings made up for tests of what sums them up, and a database that holds them. */
import { join } from 'node:path';
import { silentLog, systemClock, type Measurement, type SessionRecord } from '@elmetron/protocol';
import { openSqliteStore } from '../../store/sqlite-store.js';
import type { Store } from '../../store/store.js';
import { linesOf, MadeSession } from '../../store/testing/made-session.js';
import { scratchDirectory } from '../../store/testing/scratch.js';
import { StoreReader } from '../store-reader.js';

export interface MadeReading {
  readonly at: number;
  readonly value: number | null;
  readonly unit?: string;
  readonly temperature?: number | null;
  readonly temperatureUnit?: string;
}

/** With what a reading measures unless it says otherwise. */
export function measuredOf(reading: MadeReading): Required<MadeReading> {
  return { unit: 'pH', temperature: 20, temperatureUnit: '°C', ...reading };
}

export function measurementOf(made: MadeSession, seq: number, reading: MadeReading): Measurement {
  const { at, value, unit, temperature, temperatureUnit } = measuredOf(reading);
  const record = made.measurement(seq);
  return {
    ...record,
    captured_at: new Date(at).toISOString(),
    decoded: { ...record.decoded, value, unit, temperature, temperature_unit: temperatureUnit },
  };
}

/** A database with a writer and a reader at work on it. */
export class MadeDatabase {
  readonly path: string;
  readonly store: Store;
  readonly #scratch = scratchDirectory();
  #reader: StoreReader | undefined;

  constructor() {
    this.path = join(this.#scratch.path, 'elmetron.sqlite');
    this.store = openSqliteStore({
      path: this.path,
      busyTimeoutMs: 1_000,
      clock: systemClock,
      log: silentLog,
    });
  }

  get reader(): StoreReader {
    return (this.#reader ??= StoreReader.open(this.path));
  }

  /** A new session, with numbers from 1 on. */
  async record(readings: readonly MadeReading[], over = false): Promise<string> {
    const made = new MadeSession();
    const records = readings.map((reading, i) => measurementOf(made, i + 1, reading));
    const end = over ? [made.end(readings.length + 1)] : [];
    await this.add(made, [made.start(), ...records, ...end]);
    return made.session;
  }

  async add(
    made: MadeSession,
    records: readonly SessionRecord[],
    recovered = false,
  ): Promise<string> {
    await this.store.commit({ lines: linesOf(...records), recovered });
    return made.session;
  }

  async close(): Promise<void> {
    this.#reader?.close();
    await this.store.close();
    this.#scratch.remove();
  }
}
