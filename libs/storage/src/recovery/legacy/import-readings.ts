/**
 * Brings readings of the predecessor into the store, from whichever of its files they come: known by their
 * time and frame, and by how often that pair occurs. Bytes that are no reading are kept as an event.
 */
import { createHash } from 'node:crypto';
import type { CommitResult } from '../../store/store.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';
import type { LegacyReading } from './legacy-frame.js';
import type { LegacyMeasurement } from './legacy-line.js';
import type { LegacySession } from './legacy-session.js';

export interface LegacyItem extends Pick<LegacyMeasurement, 'capturedAt' | 'raw'> {
  /** undefined: the bytes as a whole, because not all of them are a reading. */
  readonly reading: LegacyReading | undefined;
}

export type ImportContext = Pick<RecoveryContext, 'stores' | 'patience' | 'log'>;

export interface ImportedReadings {
  readonly result: CommitResult;
  /** Readings handed to the store, whatever it did with them. */
  readonly offered: number;
}

/** `known`: the session is in the store already, and its start stays as it is. */
export async function importReadings(
  context: ImportContext,
  session: LegacySession,
  items: readonly LegacyItem[],
  known = false,
): Promise<ImportedReadings> {
  const lines: Buffer[] = [];
  const occurrence: number[] = [];
  const undecoded: { readonly item: LegacyItem; readonly nth: number }[] = [];
  for (const item of items) {
    const { capturedAt, raw, reading } = item;
    const nth = session.occurrence(capturedAt, reading?.frame ?? raw);
    if (reading === undefined) {
      undecoded.push({ item, nth });
      continue;
    }
    lines.push(session.line(capturedAt, reading));
    occurrence.push(nth);
  }
  const start = known ? undefined : session.startLine;
  const result = await inStore(context, session.emulated, (store) =>
    store.importLegacy({ session: session.session, start, lines, occurrence }),
  );
  // Only the start can differ, and the store keeps what it refused: it is told, not counted.
  for (const { line } of result.conflicts) {
    context.log.warn(
      { session: session.session, line: Buffer.from(line).toString() },
      'The session was imported before under another start; that one stays',
    );
  }
  for (const { item, nth } of undecoded) await keepUndecoded(context, session, item, nth);
  return { result, offered: lines.length };
}

/** Keyed by what it is, not by the file that it stood in: imported twice, it is kept once. */
async function keepUndecoded(
  context: ImportContext,
  session: LegacySession,
  { capturedAt, raw }: LegacyItem,
  nth: number,
): Promise<void> {
  const digest = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  await inStore(context, session.emulated, (store) =>
    store.recordEvent({
      key: `legacy_frame:${session.session}:${capturedAt}:${digest}:${String(nth)}`,
      session: session.session,
      at: capturedAt,
      level: 'warning',
      category: 'undecodable_frame',
      message: 'The predecessor stored bytes that are no reading',
      payload: { raw_frame_hex: raw.toString('hex') },
    }),
  );
}
