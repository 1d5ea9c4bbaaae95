/** A directory with a configuration and databases as the pipeline leaves them, made in a moment. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  decodeFrame,
  encodeFrame,
  encodeRecord,
  newSessionId,
  silentLog,
  systemClock,
  type SessionRecord,
} from '@elmetron/protocol/offline';
import { openSqliteStore } from '@elmetron/storage';

export interface MadeReading {
  readonly value: string;
  readonly unit: string;
  readonly temperature?: string;
  readonly deviceTime?: string;
}

export interface MadeSession {
  readonly session?: string;
  readonly serial?: string;
  readonly startedAt?: string;
  /** One a second. */
  readonly readings: readonly MadeReading[];
  readonly metadata?: Readonly<Record<string, string | number>>;
  readonly emulated?: boolean;
  /** Left open if not said. */
  readonly ended?: boolean;
}

export class MadeBench {
  readonly dir = mkdtempSync(join(tmpdir(), 'elmetron-cli-'));
  readonly config = join(this.dir, 'app.toml');
  readonly database = join(this.dir, 'data/elmetron.sqlite');
  readonly demo = join(this.dir, 'data/demo/elmetron.sqlite');
  readonly captures = join(this.dir, 'captures');

  /** @param more lines of app.toml that come after those of the bench */
  constructor(more = '') {
    this.write('app.toml', `${this.#toml()}\n${more}`);
    this.write('protocols.toml', '[profiles.cx505]\nbaud = 115200\n');
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  write(name: string, text: string): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Resolves to the session's name. */
  async record(made: MadeSession): Promise<string> {
    const records = recordsOf(made);
    const store = openSqliteStore({
      path: made.emulated === true ? this.demo : this.database,
      busyTimeoutMs: 1000,
      clock: systemClock,
      log: silentLog,
    });
    const lines = Buffer.concat(records.flatMap((r) => [encodeRecord(r), Buffer.from('\n')]));
    await store.commit({ lines, recovered: false });
    await store.close();
    return records[0]?.session ?? '';
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #toml(): string {
    const path = (name: string) => `'${join(this.dir, name)}'`;
    return `[acquisition]
spool_dir = ${path('data/spool')}
[storage]
database_path = ${path('data/elmetron.sqlite')}
demo_database_path = ${path('data/demo/elmetron.sqlite')}
captures_dir = ${path('captures')}`;
  }
}

const MODEL = 'CX-505';

export function recordsOf(made: MadeSession): SessionRecord[] {
  const { session = newSessionId(), serial = '00411/25', readings } = made;
  const startedAt = made.startedAt ?? '2026-03-01T08:00:00.000Z';
  const at = (seconds: number) => new Date(Date.parse(startedAt) + seconds * 1000).toISOString();
  const start: SessionRecord = {
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: startedAt,
    source: 'bench-1',
    profile: 'cx505',
    device: { model: MODEL, serial, port: '/dev/ttyUSB0' },
    emulated: made.emulated ?? false,
    metadata: { ...made.metadata },
  };
  const measurements = readings.map((reading, i): SessionRecord => {
    const frame = encodeFrame({
      serial,
      value: reading.value,
      unit: reading.unit,
      temperature: reading.temperature ?? '21.5',
      deviceTime: reading.deviceTime ?? at(i + 1).slice(0, 19),
    });
    const result = decodeFrame(frame);
    if (!result.ok) throw new Error(`no frame: ${JSON.stringify(reading)}`);
    return {
      v: 1,
      type: 'measurement',
      session,
      seq: i + 1,
      captured_at: at(i + 1),
      elapsed_ms: (i + 1) * 1000,
      raw_frame_hex: frame.toString('hex'),
      decoded: result.decoded,
    };
  });
  const end: SessionRecord = {
    v: 1,
    type: 'session_end',
    session,
    seq: readings.length + 1,
    ended_at: at(readings.length + 1),
    reason: 'stopped',
    measurement_count: readings.length,
  };
  return [start, ...measurements, ...(made.ended === true ? [end] : [])];
}
