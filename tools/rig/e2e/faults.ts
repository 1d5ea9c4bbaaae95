/** What the tests of faults share: how a fault is laid on a bench and taken off again, and how it shows. */
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import {
  eventually,
  PATIENCE_MS,
  FailingCalls,
  makeReadOnly,
  readHealth,
  SmallDisk,
  type Bench,
  type CallFault,
  type HealthPage,
  type Run,
} from '@elmetron/rig';
import { deliversAll, expectWhole, measurements } from './on-a-bench.js';

/** As `describe`, for what needs something of the machine; skipped with a printed word when it cannot be had. */
export function describeUnless(problem: string | undefined, name: string, tests: () => void): void {
  if (problem !== undefined) console.log(`skipped: ${name}: ${problem}`);
  describe.skipIf(problem !== undefined)(name, tests);
}

/** Puts a directory of the bench on a disk of its own until the bench is closed. */
export function smallDisk(bench: Bench, dir: string, kilobytes: number): SmallDisk {
  const disk = SmallDisk.mount(bench.path(dir), kilobytes);
  bench.atClose(() => {
    disk.unmount();
  });
  return disk;
}

/** Makes a directory of the bench read-only; what is returned makes it writable again. */
export function readOnly(bench: Bench, dir: string): () => void {
  const undo = makeReadOnly(bench.path(dir));
  bench.atClose(undo);
  return undo;
}

let traces = 0;

/** Lets calls of a running process fail. `paths` are relative to the bench. */
export async function failCalls(bench: Bench, run: Run, fault: CallFault): Promise<FailingCalls> {
  const trace = bench.path(`trace-${String(++traces)}`);
  const { paths, ...rest } = fault;
  const all = paths && { paths: paths.map((path) => bench.path(path)) };
  const failing = await FailingCalls.attach(run.pid, { ...rest, ...all }, trace);
  bench.atClose(() => failing.end());
  return failing;
}

export type Watched = 'writer' | 'acquisition';

/** The health page of a process; waits for it to answer. */
export async function health(bench: Bench, of: Watched): Promise<HealthPage> {
  let page: HealthPage | undefined;
  await eventually(
    `the health page of the ${of}`,
    async () => (page = await readHealth(bench.ports[of])) !== undefined,
    PATIENCE_MS,
  );
  if (page === undefined) throw new Error('unreachable');
  return page;
}

/** Waits until a process is in a state, by its code, and names cause and way out. */
export async function complains(
  bench: Bench,
  of: Watched,
  code: string,
  says: RegExp,
): Promise<void> {
  let page: HealthPage | undefined;
  await eventually(
    `the ${of} to be in the state ${code} and to say ${String(says)}`,
    async () => {
      page = await readHealth(bench.ports[of]);
      return page?.reasons.some((r) => r.code === code && says.test(r.message)) === true;
    },
    PATIENCE_MS,
    () => JSON.stringify(page?.reasons),
  );
}

/** Waits until a process has left a state by itself; other states do not matter. */
export async function isOver(bench: Bench, of: Watched, code: string): Promise<void> {
  let page: HealthPage | undefined;
  await eventually(
    `the ${of} to have left the state ${code}`,
    async () => {
      page = await readHealth(bench.ports[of]);
      return page !== undefined && !page.reasons.some((r) => r.code === code);
    },
    PATIENCE_MS,
    () => JSON.stringify(page?.reasons),
  );
}

/** The highest number that a writer has acknowledged, by its own log, in one session or in any; -1 when none. */
export function acknowledged(writer: Run, session?: string): number {
  const lines = writer.log().filter(({ msg }) => msg === 'acknowledged');
  const wanted = lines.filter((line) => session === undefined || line['session'] === session);
  return Math.max(-1, ...wanted.map(({ seq }) => seq as number));
}

/** Waits until a writer has acknowledged the record `seq`. */
export async function acknowledges(
  writer: Run,
  seq: number,
  withinMs = PATIENCE_MS,
): Promise<void> {
  await eventually(
    `record ${String(seq)} to be acknowledged`,
    () => acknowledged(writer) >= seq,
    withinMs,
    () => `it is ${String(acknowledged(writer))}\n${writer.tail()}`,
  );
}

/** Waits until `count` more frames have gone out than now. */
export async function moreFrames(bench: Bench, count: number): Promise<void> {
  const { length } = (await bench.account()).filter(({ whole }) => whole);
  await bench.sent(length + count);
}

/** The highest number of any record in the database. */
export function stored(bench: Bench): number {
  return Math.max(-1, ...bench.database().sessions.map(({ last_seq }) => last_seq));
}

/** Every acknowledgement given up to now is covered by what the database holds. */
export function expectAcknowledgedIsStored(bench: Bench, writer: Run): void {
  const promised = acknowledged(writer);
  expect(stored(bench), 'stored up to what is acknowledged').toBeGreaterThanOrEqual(promised);
}

/** A line of the log says so, at this level of pino (40: warning, 50: error). */
export async function expectLogged(run: Run, text: string, level: number): Promise<void> {
  const line = await run.logged(text);
  expect(line.level, JSON.stringify(line)).toBe(level);
}

/** Recovery and the next writer bring everything that there was. */
export async function nextLifeHasAll(
  bench: Bench,
  acquisition: Run,
  lostOnTheWire = 0,
): Promise<void> {
  const { exit, output, run } = await bench.recover();
  expect(exit.code, output + run.tail()).toBe(0);
  await bench.configure({});
  const writer = bench.startWriter();
  await measurements(bench, (await bench.account()).length - lostOnTheWire);
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench, lostOnTheWire);
  expect(await bench.buffers()).toEqual([]);
}

/** What an event of acquisition says of readings that the spool could not take. */
export interface SpoolGap {
  readonly from: string;
  readonly to: string;
  readonly readings_not_kept: number;
}

/** The one gap that a full or broken spool has made. */
export function lostToTheSpool(bench: Bench): SpoolGap {
  const db = new Database(bench.path('data/demo/elmetron.sqlite'), { readonly: true });
  try {
    const payloads = db
      .prepare<[], string>(`SELECT payload FROM audit_events WHERE category = 'spool' ORDER BY id`)
      .pluck()
      .all();
    const gaps = payloads
      .map((payload) => JSON.parse(payload) as Partial<SpoolGap>)
      .filter(({ readings_not_kept: count }) => count !== undefined);
    expect(gaps).toHaveLength(1);
    return gaps[0] as SpoolGap;
  } finally {
    db.close();
  }
}

/** A large session of a real meter is stored whole. Counted by SQLite: its rows have no place in this process. */
export function expectStored(
  bench: Bench,
  session: string,
  measurements: number,
  recovered: number,
): void {
  const db = new Database(bench.path('data/elmetron.sqlite'), { readonly: true });
  try {
    const found = db
      .prepare(
        `SELECT count(*) AS count, min(seq) AS first, max(seq) AS last, sum(recovered) AS recovered
         FROM measurement_log WHERE session_uid = ?`,
      )
      .get(session);
    expect(found).toEqual({
      count: measurements,
      first: 1,
      last: measurements,
      recovered,
    });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  } finally {
    db.close();
  }
}
