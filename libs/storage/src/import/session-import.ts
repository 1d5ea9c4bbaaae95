/** One session of the predecessor's database: its frames in the order of their times, a batch at a time. */
import type { Log } from '@elmetron/protocol';
import type { FileSystem } from '../buffer/file-system.js';
import type { Comparison } from '../recovery/legacy/comparison.js';
import { importReadings, type LegacyItem } from '../recovery/legacy/import-readings.js';
import { knownName } from '../recovery/legacy/known-name.js';
import { readLegacyFrames } from '../recovery/legacy/legacy-frame.js';
import { toUtcInstant } from '../recovery/legacy/legacy-instant.js';
import type { LegacyStart } from '../recovery/legacy/legacy-line.js';
import { LegacySession } from '../recovery/legacy/legacy-session.js';
import type { Patience } from '../recovery/patience.js';
import { inStore } from '../recovery/recovery-context.js';
import type { Stores } from '../store/store.js';
import { frameBytes } from './frame-bytes.js';
import type { ImportSummary } from './import-summary.js';
import type { FrameRow, SessionRow } from './predecessor-database.js';
import { EPOCH, plainRow } from './row-fields.js';

export interface ImportParts {
  readonly stores: Stores;
  readonly patience: Patience;
  readonly log: Log;
  readonly fs: FileSystem;
  /** Beside which the journals of notes lie. */
  readonly databasePath: string;
  readonly demoDatabasePath: string;
  /** The stores keep nothing. */
  readonly dryRun: boolean;
  readonly comparison: Comparison;
  readonly summary: ImportSummary;
}

/** One transaction of the store. */
const BATCH = 1024;

export class SessionImport {
  readonly #parts: ImportParts;
  readonly #origin: LegacyStart | { readonly id: string };
  readonly #row: SessionRow | undefined;
  #made: { readonly session: LegacySession; known: boolean } | undefined;
  #batch: LegacyItem[] = [];
  #lastAt: string | undefined;

  /** @param row undefined: frames refer to a session that is not there */
  constructor(
    id: number,
    row: SessionRow | undefined,
    metadata: Readonly<Record<string, string | number>>,
    parts: ImportParts,
  ) {
    this.#parts = parts;
    this.#row = row;
    this.#origin = originOf(id, row, metadata);
  }

  /** Its name in the store; known once something of it was flushed. */
  get session(): string {
    return this.#made?.session.session ?? '';
  }

  get emulated(): boolean {
    return this.#made?.session.emulated ?? false;
  }

  /** UTC with ms; undefined when the predecessor does not say. */
  get startedAt(): string | undefined {
    return 'kind' in this.#origin ? this.#origin.startedAtUtc : undefined;
  }

  /** The end that the predecessor says, or the last reading. */
  get endedAt(): string | undefined {
    return toUtcInstant(this.#row?.ended_at ?? '') ?? this.#lastAt ?? this.startedAt;
  }

  get row(): SessionRow | undefined {
    return this.#row;
  }

  /** Items that are taken and not in the store yet. */
  get waiting(): number {
    return this.#batch.length;
  }

  async take(frame: FrameRow): Promise<void> {
    const { summary } = this.#parts;
    const capturedAt = toUtcInstant(frame.captured_at ?? '');
    const raw = frameBytes(frame);
    if (capturedAt === undefined || raw === undefined) {
      summary.unreadable_rows++;
      await this.#keepRow(frame);
      return;
    }
    const { readings, undecoded } = readLegacyFrames(raw);
    for (const reading of readings) this.#batch.push({ capturedAt, raw, reading });
    if (undecoded) this.#batch.push({ capturedAt, raw, reading: undefined });
    if (undecoded) summary.undecodable_frames++;
    const { measurement_id, value, unit } = frame;
    this.#parts.comparison.add(
      raw,
      readings,
      measurement_id === null ? undefined : { value, unit },
    );
    this.#lastAt = capturedAt;
    if (this.#batch.length >= BATCH) await this.#flush();
  }

  /** All of it is in the store when it resolves, its start too when there is nothing else. */
  async finish(): Promise<void> {
    if (this.#batch.length > 0 || this.#made === undefined) await this.#flush();
  }

  async #flush(): Promise<void> {
    const { summary } = this.#parts;
    const batch = this.#batch;
    const made = (this.#made ??= await this.#make(batch));
    const { result, offered } = await importReadings(this.#parts, made.session, batch, made.known);
    made.known = true;
    this.#batch = [];
    // Nobody asked the store: all of them may be new to it.
    const inserted = this.#parts.dryRun ? offered : result.insertedMeasurements;
    summary.imported_measurements += inserted;
    summary.already_stored_measurements += offered - inserted;
  }

  /** Under the name that a buffer of the same session was imported under, when there was one. */
  async #make(batch: readonly LegacyItem[]): Promise<{ session: LegacySession; known: boolean }> {
    const first = batch[0]?.capturedAt;
    const reading = batch.find((item) => item.reading !== undefined)?.reading;
    const make = (name?: string): LegacySession =>
      new LegacySession(this.#origin, first, reading, { name, inOrderOfTime: true });
    const session = make();
    const { id } = this.#origin;
    const startedAt = session.session.slice(`legacy-${id}-`.length);
    const written = 'kind' in this.#origin ? this.#origin.startedAt : startedAt;
    const name = await knownName(this.#parts, session.emulated, id, written);
    return { session: name === undefined ? session : make(name), known: name !== undefined };
  }

  async #keepRow(frame: FrameRow): Promise<void> {
    const made = (this.#made ??= await this.#make(this.#batch));
    await inStore(this.#parts, made.session.emulated, (store) =>
      store.recordEvent({
        key: `legacy_row:${made.session.session}:${String(frame.id)}`,
        session: made.session.session,
        at: this.startedAt ?? EPOCH,
        level: 'warning',
        category: 'legacy_frame',
        message: 'The predecessor stored a frame without a time or without bytes',
        payload: plainRow({ ...frame }),
      }),
    );
  }
}

function originOf(
  id: number,
  row: SessionRow | undefined,
  metadata: Readonly<Record<string, string | number>>,
): LegacyStart | { readonly id: string } {
  if (row === undefined || row.started_at === null) return { id: String(id) };
  const { started_at: startedAt, serial, description, model } = row;
  return {
    kind: 'start',
    id: String(id),
    startedAt,
    startedAtUtc: toUtcInstant(startedAt),
    device: {
      serial: says(serial),
      description: says(description),
      model: says(model),
    },
    metadata,
  };
}

/** A text that says something, as the reader of buffers takes it. */
function says(text: string | null): string | undefined {
  return text === null ? undefined : text.trim() || undefined;
}
