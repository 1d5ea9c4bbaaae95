/**
 * Imports the predecessor's SQLite database. Its frames are read again with this system's framer and decoder,
 * by the same path as its buffers, under the same names: repeated, or after or before the buffers of the same
 * sessions, it doubles nothing. Killed, the same import goes on.
 *
 * ```
 *   raw_frames ─(by session and time)─▶ frames ─▶ readings ─▶ store.importLegacy
 *   session_metadata, note, annotations ──────────────────▶ journal of notes ─▶ store.annotate
 *   audit_events, rows that are no reading ───────────────▶ store.recordEvent (keyed)
 * ```
 */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Log } from '@elmetron/protocol';
import { nodeFileSystem, type FileSystem } from '../buffer/file-system.js';
import { Comparison } from '../recovery/legacy/comparison.js';
import { toUtcInstant } from '../recovery/legacy/legacy-instant.js';
import { LEGACY_SOURCE } from '../recovery/legacy/legacy-session.js';
import { nowhereStores } from '../recovery/nowhere-store.js';
import { Patience } from '../recovery/patience.js';
import { inStore } from '../recovery/recovery-context.js';
import type { Stores } from '../store/store.js';
import { compared, emptySummary, type ImportSummary } from './import-summary.js';
import { PredecessorDatabase, type Row } from './predecessor-database.js';
import { EPOCH, levelOf, messageOf, plainRow, sessionOf, timeOf } from './row-fields.js';
import { SessionImport, type ImportParts } from './session-import.js';
import { SessionNotes } from './session-notes.js';

export interface ImportOptions {
  /** The predecessor's database; it is only read. */
  readonly path: string;
  readonly stores: Stores;
  /** Of the stores: the journals of notes lie beside them. */
  readonly databasePath: string;
  readonly demoDatabasePath: string;
  readonly fs?: FileSystem;
  /** Looks and counts only; what the stores have already is not looked up, all may be new. */
  readonly dryRun?: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted: stops after the present batch. */
  readonly signal?: AbortSignal;
  /** How long to wait for a locked store; 30 s. */
  readonly lockedMs?: number;
  /** Told after each batch: of `total` frames, `done` are dealt with. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** @throws StorageError `import_foreign`, `import_unreadable`, and what the store throws; what was done before stays done. */
export async function importPredecessor(options: ImportOptions): Promise<ImportSummary> {
  const { path, clock, signal, dryRun = false, fs = nodeFileSystem() } = options;
  const stores = dryRun ? nowhereStores : options.stores;
  const from = new PredecessorDatabase(path);
  try {
    const patience = new Patience({
      lockedMs: options.lockedMs ?? 30_000,
      retryEveryMs: 200,
      clock,
      signal,
    });
    const summary = emptySummary(path, 'database');
    const comparison = new Comparison();
    const parts = { ...options, stores, fs, dryRun, patience, comparison, summary };
    const sessions = await importFrames(from, parts);
    if (sessions !== undefined) {
      await importFrameless(from, sessions, parts);
      await importEvents(from, sessions, parts);
      await new SessionNotes(from).bring(sessions, parts);
      summary.complete = true;
    }
    compared(summary, comparison);
    const filled = new Set([...(sessions?.values() ?? [])].map(({ emulated }) => emulated));
    for (const emulated of filled)
      await inStore(parts, emulated, (store) => store.reconcileSessions(LEGACY_SOURCE, []));
    return summary;
  } finally {
    from.close();
  }
}

/** By the predecessor's number of them. */
export type ImportedSessions = ReadonlyMap<number, SessionImport>;

/** undefined: told to stop. */
async function importFrames(
  from: PredecessorDatabase,
  parts: ImportParts & Pick<ImportOptions, 'signal' | 'onProgress'>,
): Promise<ImportedSessions | undefined> {
  const { summary, signal, onProgress } = parts;
  const rows = new Map(from.sessions().map((row) => [row.id, row]));
  const metadata = new SessionNotes(from).metadata();
  const sessions = new Map<number, SessionImport>();
  const total = from.frameCount();
  const begin = (id: number): SessionImport => {
    const known = sessions.get(id);
    if (known !== undefined) return known;
    const begun = new SessionImport(id, rows.get(id), metadata.get(id) ?? {}, parts);
    sessions.set(id, begun);
    return begun;
  };

  let current: SessionImport | undefined;
  for (const frame of from.frames()) {
    const session = begin(frame.session_id);
    const finished = session === current ? undefined : current;
    await finished?.finish();
    current = session;
    summary.frames++;
    await session.take(frame);
    if (finished === undefined && session.waiting > 0) continue;
    onProgress?.({ done: summary.frames, total });
    // A store in this thread answers at once: nobody else would get a word in, such as a Ctrl-C.
    await turn();
    if (signal?.aborted === true) return undefined;
  }
  await current?.finish();
  onProgress?.({ done: summary.frames, total });
  for (const id of rows.keys()) if (!sessions.has(id)) await begin(id).finish();
  summary.sessions = sessions.size;
  return sessions;
}

async function importFrameless(
  from: PredecessorDatabase,
  sessions: ImportedSessions,
  parts: ImportParts,
): Promise<void> {
  for (const row of from.frameless()) {
    parts.summary.unreadable_rows++;
    const message = 'The predecessor stored a measurement without its frame';
    const at = typeof row['measurement_timestamp'] === 'string' ? row['measurement_timestamp'] : '';
    await keepRow('legacy_measurement', row, { at: toUtcInstant(at), message }, sessions, parts);
  }
}

async function importEvents(
  from: PredecessorDatabase,
  sessions: ImportedSessions,
  parts: ImportParts,
): Promise<void> {
  for (const row of from.all('audit_events')) {
    parts.summary.audit_events++;
    const fields = { at: timeOf(row), message: messageOf(row), level: levelOf(row) };
    await keepRow('legacy_event', row, fields, sessions, parts);
  }
  for (const row of new SessionNotes(from).homeless(sessions)) {
    parts.summary.unreadable_rows++;
    const message = 'An annotation of a session that the predecessor did not have';
    await keepRow('legacy_annotation', row, { at: timeOf(row), message }, sessions, parts);
  }
}

/** Keyed by what it is: imported twice, it is kept once. */
async function keepRow(
  category: 'legacy_annotation' | 'legacy_event' | 'legacy_measurement',
  row: Row,
  fields: {
    readonly at: string | undefined;
    readonly message: string;
    readonly level?: 'info' | 'warning' | 'error';
  },
  sessions: ImportedSessions,
  parts: ImportParts,
): Promise<void> {
  const session = sessions.get(sessionOf(row) ?? NaN);
  const payload = plainRow(row);
  const digest = createHash('sha256').update(JSON.stringify(payload)).digest('hex').slice(0, 16);
  const { at = session?.startedAt ?? EPOCH, message, level = 'warning' } = fields;
  await inStore(parts, session?.emulated ?? false, (store) =>
    store.recordEvent({
      key: `${category}:${session?.session ?? ''}:${digest}`,
      ...(session === undefined ? {} : { session: session.session }),
      at,
      level,
      category,
      message,
      payload,
    }),
  );
}
