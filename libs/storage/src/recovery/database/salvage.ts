/**
 * Takes over from a database that was set aside what neither archive nor buffers had and the file
 * still gives. It comes last: what a checksum has vouched for is in the rebuilt database by then and
 * stays as it is. What is taken over is marked as recovered, and an event names session and numbers,
 * because no checksum has vouched for it; a measurement's raw frame has, as far as it can.
 */
import { basename } from 'node:path';
import {
  DatabaseReader,
  extentsOf,
  isDamagedPlace,
  missingIn,
  otherNumbers,
  RangeGatherer,
  salvagedEvents,
  salvagedMeasurements,
  salvagedRecords,
  type MissingRange,
  type SessionExtent,
  type SessionRange,
} from '../../store/index.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';
import { carryMeasurements, carryRecords } from './carry-over.js';

/** What becomes of the measurements that only a database set aside has. */
export interface SalvagePlan {
  /** Taken over. */
  readonly salvaged: readonly SessionRange[];
  /** Not taken over: not readable, or (`readable`) at odds with their own raw frame. */
  readonly lost: readonly MissingRange[];
  /** What of the file could not be read: there may be more lost than is listed. */
  readonly unreadable: readonly string[];
}

/** Only reads. The rebuilt database has everything of archive and buffers by now. */
export function planSalvage(aside: string, databasePath: string): SalvagePlan {
  const extents = extentsOf(aside);
  const { ranges, unreadable } = missingIn(databasePath, aside, extents);
  const salvaged: SessionRange[] = [];
  const lost: MissingRange[] = [];
  const bySession = new Map(extents.sessions.map((extent) => [extent.session, extent]));
  const readable = ranges.filter((range) => range.readable);
  lost.push(...ranges.filter((range) => !range.readable));
  if (readable.length > 0) {
    DatabaseReader.using(aside, (reader) => {
      for (const range of readable) {
        const extent = bySession.get(range.session_uid);
        if (extent !== undefined) sift(reader, extent, range, salvaged, lost);
      }
    });
  }
  return { salvaged, lost, unreadable };
}

function sift(
  reader: DatabaseReader,
  extent: SessionExtent,
  range: MissingRange,
  salvaged: SessionRange[],
  lost: MissingRange[],
): void {
  const good = new RangeGatherer(extent.session);
  const bad = new RangeGatherer(extent.session);
  let next = range.from_seq;
  try {
    for (const { seq, line } of salvagedMeasurements(reader, extent, next, range.to_seq)) {
      (line === undefined ? good : bad).end();
      (line === undefined ? bad : good).add(seq);
      next = seq + 1;
    }
  } catch (error) {
    if (!isDamagedPlace(error)) throw error;
    bad.end();
    for (let seq = next; seq <= range.to_seq; seq++) bad.add(seq, false);
  }
  good.end();
  bad.end();
  for (const { session_uid, from_seq, to_seq, measurements } of good.closed) {
    salvaged.push({ session_uid, from_seq, to_seq, measurements });
  }
  lost.push(...bad.closed);
}

/**
 * Does as planned; done again, it changes nothing more. Resolves to what could not be read of what is
 * no measurement, or undefined when it was told to stop.
 */
export async function carryOut(
  plan: SalvagePlan,
  aside: string,
  databasePath: string,
  emulated: boolean,
  context: RecoveryContext,
): Promise<readonly string[] | undefined> {
  const unreadable: string[] = [];
  const reader = DatabaseReader.open(aside);
  try {
    for (const extent of listed(reader)) {
      if (context.signal?.aborted === true) return undefined;
      const ranges = plan.salvaged.filter(({ session_uid }) => session_uid === extent.session);
      if (ranges.length > 0) await record(ranges, aside, emulated, context);
      const records = salvagedRecords(reader, extent, unreadable);
      const taken = DatabaseReader.using(databasePath, (rebuilt) => {
        const there = rebuilt.find(extent.session);
        return there === undefined ? new Set<number>() : otherNumbers(rebuilt, there);
      });
      await carryRecords(
        records.filter(({ seq }) => !taken.has(seq)),
        emulated,
        context,
      );
      const start = records.find(({ seq }) => seq === 0)?.line;
      if (!(await carryMeasurements(reader, extent, ranges, start, emulated, context)))
        return undefined;
    }
    for (const event of keyed(reader, unreadable)) {
      await inStore(context, emulated, (store) => store.recordEvent(event));
    }
  } finally {
    reader.close();
  }
  return unreadable;
}

/** Those before a damaged place; that there is one, the plan has said. */
function listed(reader: DatabaseReader): SessionExtent[] {
  const extents: SessionExtent[] = [];
  try {
    for (const extent of reader.sessions()) extents.push(extent);
  } catch (error) {
    if (!isDamagedPlace(error)) throw error;
  }
  return extents;
}

function* keyed(reader: DatabaseReader, unreadable: string[]): ReturnType<typeof salvagedEvents> {
  try {
    yield* salvagedEvents(reader);
  } catch (error) {
    if (!isDamagedPlace(error)) throw error;
    unreadable.push(`the events of writers and recoveries: ${error.message}`);
  }
}

/** As many ranges as a person would look at; the counts are of all. */
const LISTED = 1_000;

/** Before the rows: killed in between, what is not announced is not there. */
async function record(
  ranges: readonly SessionRange[],
  aside: string,
  emulated: boolean,
  context: RecoveryContext,
): Promise<void> {
  const session = ranges[0]?.session_uid ?? '';
  const count = ranges.reduce((sum, { measurements }) => sum + measurements, 0);
  await inStore(context, emulated, (store) =>
    store.recordEvent({
      key: `salvaged:${basename(aside)}:${session}`,
      session,
      at: new Date(context.clock.now()).toISOString(),
      level: 'warning',
      category: 'recovery',
      message: `${count} measurements were only in a database that was set aside, and are taken over from it: each agrees with its raw frame, no checksum has vouched for it`,
      payload: {
        set_aside: basename(aside),
        measurements: count,
        ranges: ranges.slice(0, LISTED).map(({ from_seq, to_seq }) => [from_seq, to_seq]),
      },
    }),
  );
}
