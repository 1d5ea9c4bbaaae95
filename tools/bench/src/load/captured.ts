/**
 * One load taken by one real writer: both are started, connected, and everything that was offered is waited for
 * until it is acknowledged at its source and committed in the database; then the writer is stopped in order, and
 * the database is looked through. What is not there fails the measurement.
 */
import SqliteDatabase from 'better-sqlite3';
import { Bench, freePorts, type ConfigChanges, type Run } from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import type { MeasurementContext } from '../measurement.js';
import { profiled } from '../profiled.js';
import { Load } from './load.js';
import { machineMs, type AtRisk } from './spec.js';

export const DATABASE = 'data/elmetron.sqlite';
/** Every this many milliseconds it is asked how much is committed. */
const LOOK_MS = 20;

export interface CaptureOptions {
  readonly sources: number;
  readonly measurements: number;
  /** Of all sources together; as fast as it is taken when not given. */
  readonly perSecond?: number;
  readonly ahead: boolean;
  readonly config?: ConfigChanges;
  /** Called now and then, with what is committed. */
  readonly during?: (committed: number, writer: Run) => void;
  /** Called when the first reading is about to be offered, and when the last one is committed. */
  readonly edge?: (edge: 'before' | 'after', writer: Run, bench: Bench) => void | Promise<void>;
  /** Looks at the database when the writer has stopped, before everything is removed. */
  readonly inspect?: (path: string) => void;
}

export interface Captured {
  /** From the first reading offered to the last acknowledged, and to the last committed. */
  readonly acknowledgedMs: number;
  readonly committedMs: number;
  readonly atRisk: AtRisk | null;
}

export async function capture(
  context: MeasurementContext,
  options: CaptureOptions,
): Promise<Captured> {
  const { sources, measurements, perSecond, ahead } = options;
  const ports = await freePorts(sources);
  const share = Math.floor(measurements / sources);
  const spec = {
    ahead,
    sources: ports.map((port, i) => ({
      name: `bench-${i + 1}`,
      port,
      measurements: i === 0 ? measurements - share * (sources - 1) : share,
      ...(perSecond === undefined ? {} : { perSecond: perSecond / sources }),
    })),
  };
  const bench = await Bench.open({
    parent: context.dir,
    node: profiled(context),
    config: {
      ...options.config,
      writer: { sources: ports.map((port) => `tcp://127.0.0.1:${port}`) },
      // As a person has it who changes nothing.
      storage: { commit_interval_ms: 1000, ...options.config?.['storage'] },
      monitoring: { acquisition_port: 0, writer_port: 0 },
      log: { level: 'info' },
    },
  });
  let load: Load | undefined;
  const interrupted = (): void => {
    load?.run.signal('SIGKILL');
    void bench.close();
  };
  context.signal.addEventListener('abort', interrupted);
  try {
    load = await Load.start(spec, bench.dir);
    const writer = bench.startWriter();
    return await takeAll(context, options, bench, writer, load);
  } finally {
    context.signal.removeEventListener('abort', interrupted);
    await load?.run.kill();
    await bench.close();
  }
}

async function takeAll(
  { signal, progress }: MeasurementContext,
  { measurements, sources, during, edge, inspect }: CaptureOptions,
  bench: Bench,
  writer: Run,
  load: Load,
): Promise<Captured> {
  await load.said('connected', 60_000);
  await edge?.('before', writer, bench);
  load.go();
  const { at: began } = await load.said('began', 60_000);
  await committedIn(bench.path(DATABASE), measurements, (committed) => {
    if (signal.aborted) throw new BenchError('interrupted', 'The bench was interrupted.');
    for (const { name, exit, tail } of [writer, load.run].map((run) => ({
      name: run.name,
      exit: run.exit,
      tail: run.tail(),
    }))) {
      if (exit !== undefined) throw new BenchError('not_done', `${name} has ended: ${tail}`);
    }
    during?.(committed, writer);
    progress(committed, measurements, `${committed} of ${measurements} readings committed`);
  });
  const committed = machineMs();
  const { at: acknowledged, atRisk } = await load.said('acknowledged', 60_000);
  await edge?.('after', writer, bench);
  // Said only after the settings of the database, synchronous=FULL among them, have been read back after a write.
  await writer.logged('The database is open');
  const { code } = await writer.stop(20_000);
  if (code !== 0)
    throw new BenchError('not_done', `the writer ended with ${code}: ${writer.tail()}`);
  verify(bench.path(DATABASE), measurements, sources);
  inspect?.(bench.path(DATABASE));
  return {
    acknowledgedMs: acknowledged - began,
    committedMs: Math.max(committed, acknowledged) - began,
    atRisk,
  };
}

/** Waits for as long as it grows: a minute without a single new reading is the end of patience. */
async function committedIn(
  path: string,
  wanted: number,
  look: (committed: number) => void,
): Promise<void> {
  let db: SqliteDatabase.Database | undefined;
  let best = 0;
  let since = performance.now();
  try {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      db ??= openReader(path);
      const sum =
        db
          ?.prepare<[], number | null>('SELECT sum(measurement_count) FROM session_log')
          .pluck()
          .get() ?? 0;
      look(sum);
      if (sum >= wanted) return;
      if (sum > best) since = performance.now();
      best = Math.max(best, sum);
      if (performance.now() - since > 60_000)
        throw new BenchError(
          'not_done',
          `${best} of ${wanted} readings were committed, and for a minute no more`,
        );
    }
  } finally {
    db?.close();
  }
}

function openReader(path: string): SqliteDatabase.Database | undefined {
  try {
    return new SqliteDatabase(path, { readonly: true, fileMustExist: true });
  } catch {
    return undefined;
  }
}

/** Every reading once, counted row by row, in a database that is sound. */
export function verify(path: string, measurements: number, sessions: number): void {
  const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
  try {
    const rows = db.prepare<[], number>('SELECT count(*) FROM measurement_log').pluck().get();
    const whole = db
      .prepare<[number], number>(
        `SELECT count(*) FROM (SELECT session_uid FROM measurement_log GROUP BY session_uid
           HAVING min(seq) = 1 AND max(seq) = count(*) AND count(DISTINCT seq) = count(*)) WHERE ? > 0`,
      )
      .pluck()
      .get(sessions);
    const integrity = String(db.pragma('integrity_check', { simple: true }));
    if (rows === measurements && whole === sessions && integrity === 'ok') return;
    throw new BenchError(
      'not_verified',
      `${measurements} readings of ${sessions} session(s) were acknowledged; the database has ${rows} in ${whole} whole ones, integrity_check: ${integrity}`,
    );
  } finally {
    db.close();
  }
}
