/** Asks both processes, and looks at what lies on the disks. */
import { dirname, join } from 'node:path';
import type { AppConfig, Config } from '@elmetron/runtime';
import type { LoggedSession } from '@elmetron/storage';
import { withDatabases, type OpenDatabase } from '../databases.js';
import { databaseSize, filesIn } from '../disk/file-sizes.js';
import { freeSpace } from '../disk/free-space.js';
import { askHealth, type Answer } from '../health/health-page.js';
import { figuresOf, stateOf, type Figures } from '../health/process-state.js';
import type { Status } from './status.js';

/** What the health pages of one bench have answered. */
export interface ProcessAnswers {
  readonly acquisition: Answer;
  readonly writer: Answer;
}

/**
 * Never rejects for what a process does.
 * @param now ms since 1970
 * @throws StorageError of a database that is there and cannot be read; what `signal` was aborted with
 */
export async function lookAtStatus(
  config: Pick<Config, 'app'>,
  now: number,
  signal: AbortSignal,
): Promise<Status> {
  return statusOf(config, await askProcesses(config.app.monitoring, signal), now);
}

/** Both at once. Never rejects but at `signal`. */
export async function askProcesses(
  {
    acquisition_port,
    writer_port,
  }: Pick<AppConfig['monitoring'], 'acquisition_port' | 'writer_port'>,
  signal: AbortSignal,
): Promise<ProcessAnswers> {
  const [acquisition, writer] = await Promise.all([
    askHealth(acquisition_port, signal),
    askHealth(writer_port, signal),
  ]);
  return { acquisition, writer };
}

/** The same of answers that one has already, for whoever wants to know more of them. @param now ms since 1970 */
export async function statusOf(
  { app }: Pick<Config, 'app'>,
  answers: ProcessAnswers,
  now: number,
): Promise<Status> {
  const { storage, acquisition, monitoring } = app;
  const ofSource = figuresOf(answers.acquisition);
  const ofWriter = figuresOf(answers.writer);
  const spoolDir = join(acquisition.spool_dir, acquisition.source);
  const [buffers, archive, spool, disks] = await Promise.all([
    filesIn(storage.captures_dir, /_buffer\.jsonl$/),
    filesIn(join(storage.captures_dir, 'archive'), /\.gz$/),
    filesIn(spoolDir, /_spool\.jsonl$/),
    freeSpace([dirname(storage.database_path), storage.captures_dir, acquisition.spool_dir]),
  ]);
  const { paths, ...stored } = await withDatabases(storage, (databases) =>
    lookInto(databases, ofSource),
  );
  const processes = {
    acquisition: stateOf(monitoring.acquisition_port, answers.acquisition),
    writer: stateOf(monitoring.writer_port, answers.writer),
  };
  return {
    at: new Date(now).toISOString(),
    ok: Object.values(processes).every(({ status }) => status === 'ok' || status === 'off'),
    ...processes,
    meter: {
      model: text(ofSource['meter_model']),
      serial: text(ofSource['meter_serial']),
      port: text(ofSource['port']),
      profile: text(ofSource['profile']),
      link: text(ofSource['link']),
      emulated: typeof ofSource['emulated'] === 'boolean' ? ofSource['emulated'] : null,
    },
    ...stored,
    readings_per_second: number(ofSource['readings_per_second']),
    lag: {
      unacknowledged: fields(ofSource['unacknowledged']) as Record<string, number> | null,
      uncommitted: uncommitted(ofWriter),
    },
    spool: {
      bytes: number(ofSource['spool_bytes']) ?? spool.bytes,
      max_bytes: acquisition.spool_max_bytes,
    },
    buffers: { ...buffers, last_sync: text(fields(ofWriter['buffer'])?.['last_sync']) },
    archive,
    databases: await Promise.all(
      paths.map(async ({ path, emulated }) => ({
        path,
        emulated,
        bytes: await databaseSize(path),
        last_commit: text(laneOf(ofWriter, emulated)?.['last_commit']),
      })),
    ),
    disks,
  };
}

interface Stored extends Pick<Status, 'session' | 'last_reading' | 'last_recovery'> {
  readonly paths: readonly Pick<OpenDatabase, 'path' | 'emulated'>[];
}

function lookInto(databases: readonly OpenDatabase[], ofSource: Figures): Stored {
  const running = text(ofSource['session']);
  const sessions = databases
    .flatMap(({ reader }) => {
      const [session] =
        running === null ? reader.sessions({ limit: 1 }) : reader.sessionsBeginning(running, 1);
      return session === undefined ? [] : [{ session, reader }];
    })
    .sort((a, b) => (b.session.started_at ?? '').localeCompare(a.session.started_at ?? ''));
  const [latest] = sessions;
  const reading = latest?.reader.lastReading(latest.session.session_uid);
  const recoveries = databases
    .flatMap(({ reader }) => reader.lastEvent('recovery') ?? [])
    .sort((a, b) => b.at.localeCompare(a.at));
  return {
    paths: databases.map(({ path, emulated }) => ({ path, emulated })),
    session: sessionOf(latest?.session, ofSource),
    last_reading:
      reading === undefined
        ? null
        : {
            captured_at: reading.captured_at,
            value: reading.value,
            unit: reading.unit,
            temperature: reading.temperature,
            temperature_unit: reading.temperature_unit,
          },
    last_recovery:
      recoveries[0] === undefined ? null : { at: recoveries[0].at, message: recoveries[0].message },
  };
}

/** A session that has only just begun is known to acquisition alone. */
function sessionOf(stored: LoggedSession | undefined, ofSource: Figures): Status['session'] {
  const running = text(ofSource['session']);
  if (running !== null) {
    return {
      session_uid: running,
      started_at: text(ofSource['session_started_at']),
      open: true,
      measurements: number(ofSource['session_measurements']) ?? 0,
    };
  }
  if (stored === undefined) return null;
  const { session_uid, started_at, end_reason, measurement_count } = stored;
  return { session_uid, started_at, open: end_reason === null, measurements: measurement_count };
}

function uncommitted(ofWriter: Figures): number | null {
  const lanes = Object.values(fields(ofWriter['databases']) ?? {}).map(
    (lane) => number(fields(lane)?.['uncommitted']) ?? 0,
  );
  return lanes.length === 0 ? null : lanes.reduce((sum, n) => sum + n, 0);
}

function laneOf(ofWriter: Figures, emulated: boolean): Figures | null {
  return fields(fields(ofWriter['databases'])?.[emulated ? 'demo' : 'real']);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function fields(value: unknown): Figures | null {
  return typeof value === 'object' && value !== null ? (value as Figures) : null;
}
