/** Brings records read from one database into another, in batches, by the keys that all records go by. */
import {
  isDamagedPlace,
  salvagedMeasurements,
  type DatabaseReader,
  type SalvagedMeasurement,
  type SalvagedRecord,
  type SessionExtent,
  type SessionRange,
} from '../../store/index.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';

const NEWLINE = Buffer.from('\n');

export async function carryRecords(
  records: readonly SalvagedRecord[],
  emulated: boolean,
  context: RecoveryContext,
): Promise<void> {
  for (let from = 0; from < records.length; from += context.batch.records) {
    const batch = records.slice(from, from + context.batch.records);
    const lines = Buffer.concat(batch.flatMap(({ line }) => [line, NEWLINE]));
    await inStore(context, emulated, (store) => store.commit({ lines, recovered: true }));
  }
}

/**
 * The measurements of one session in these ranges.
 * @param start the session's start line, which an import needs
 * @returns false when it was told to stop before the end
 */
export async function carryMeasurements(
  reader: DatabaseReader,
  extent: SessionExtent,
  ranges: readonly SessionRange[],
  start: Buffer | undefined,
  emulated: boolean,
  context: RecoveryContext,
): Promise<boolean> {
  for (const range of ranges) {
    let batch: SalvagedRecord[] = [];
    for (const { seq, line, imported } of salvagedMeasurements(
      reader,
      extent,
      range.from_seq,
      range.to_seq,
    )) {
      if (line === undefined) continue;
      if (imported) return carryImported(reader, extent, ranges, start, emulated, context);
      batch.push({ seq, line });
      if (batch.length < context.batch.records) continue;
      await carryRecords(batch, emulated, context);
      batch = [];
      if (context.signal?.aborted === true) return false;
    }
    await carryRecords(batch, emulated, context);
  }
  return true;
}

/** The predecessor's: known by time and frame and how often they occur in the session, not by number. */
async function carryImported(
  reader: DatabaseReader,
  extent: SessionExtent,
  ranges: readonly SessionRange[],
  start: Buffer | undefined,
  emulated: boolean,
  context: RecoveryContext,
): Promise<boolean> {
  if (start === undefined) return true;
  const occurrences = new Map<string, number>();
  const missing = (seq: number): boolean =>
    ranges.some(({ from_seq, to_seq }) => from_seq <= seq && seq <= to_seq);
  let lines: Buffer[] = [];
  let occurrence: number[] = [];
  const flush = (): Promise<unknown> => {
    const batch = { session: extent.session, start, lines, occurrence };
    lines = [];
    occurrence = [];
    return inStore(context, emulated, (store) => store.importLegacy(batch));
  };
  for (const row of aroundDamage(reader, extent, ranges)) {
    if (row.line === undefined) continue;
    const key = timeAndFrame(row);
    const nth = (occurrences.get(key) ?? 0) + 1;
    occurrences.set(key, nth);
    if (!missing(row.seq)) continue;
    lines.push(row.line);
    occurrence.push(nth);
    if (lines.length < context.batch.records) continue;
    await flush();
    if (context.signal?.aborted === true) return false;
  }
  if (lines.length > 0) await flush();
  return true;
}

/** All measurements of the session that can be read: up to a damaged place, then from the next range on. */
function* aroundDamage(
  reader: DatabaseReader,
  extent: SessionExtent,
  ranges: readonly SessionRange[],
): Generator<SalvagedMeasurement> {
  for (let from: number | undefined = 0; from !== undefined;) {
    let last: number = from;
    try {
      for (const row of salvagedMeasurements(reader, extent, from, extent.lastSeq)) {
        yield row;
        last = row.seq;
      }
      return;
    } catch (error) {
      if (!isDamagedPlace(error)) throw error;
      from = ranges.find(({ from_seq }) => from_seq > last)?.from_seq;
    }
  }
}

function timeAndFrame({ line }: SalvagedMeasurement): string {
  const { captured_at, raw_frame_hex } = JSON.parse(line?.toString() ?? '{}') as {
    captured_at?: string;
    raw_frame_hex?: string;
  };
  return `${captured_at ?? ''} ${raw_frame_hex ?? ''}`;
}
