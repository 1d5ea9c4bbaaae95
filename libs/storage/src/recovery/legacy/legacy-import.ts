/**
 * Imports one buffer of the predecessor. Its lines are neither numbered nor checked, so a reading is
 * known by its time and its bytes only, and by how often that pair occurs in the file: a file
 * imported twice, or a file and the database that it had been replayed into, double nothing.
 *
 * The raw bytes are read again with this system's own framer and decoder. Bytes that give no reading
 * are kept as an audit event; lines that cannot be read at all are set aside.
 */
import { linesOfRun, type MeasurementRun, type ScannedLine } from '../../buffer/index.js';
import { BufferAccount } from '../buffer-account.js';
import type { FoundBuffer } from '../found-buffers.js';
import type { BufferReader } from '../read-through.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';
import { SetAside } from '../set-aside.js';
import { Comparison } from './comparison.js';
import { importReadings, type LegacyItem } from './import-readings.js';
import { knownName } from './known-name.js';
import { readLegacyFrames, type LegacyReading } from './legacy-frame.js';
import { readLegacyLine, type LegacyMeasurement, type LegacyStart } from './legacy-line.js';
import { LegacySession, LEGACY_SOURCE } from './legacy-session.js';

export class LegacyImport implements BufferReader {
  readonly account: BufferAccount;
  readonly setAside: SetAside;
  readonly stores = new Set<boolean>();
  readonly comparison = new Comparison();
  /** Their names, as far as something of them was read. */
  readonly sessions = new Set<string>();
  /** Measurements, whatever their bytes are. */
  frames = 0;
  /** Measurements of which not all bytes are a reading. */
  undecodable = 0;
  readonly #context: RecoveryContext;
  #origin: LegacyStart | { readonly id: string };
  /** Made of the first batch: the start may leave out what the first reading says. */
  #session: LegacySession | undefined;
  /** It goes by a name that another writing of its time has made; its start stays as that one said it. */
  #renamed = false;
  #batch: LegacyItem[] = [];
  #batchBytes = 0;

  constructor(buffer: FoundBuffer, context: RecoveryContext) {
    this.#context = context;
    this.account = new BufferAccount(buffer.path);
    this.setAside = new SetAside(buffer, context.quarantine);
    this.#origin = { id: idInName(buffer.name) };
  }

  get waiting(): { readonly bytes: number; readonly records: number } {
    return { bytes: this.#batchBytes + this.setAside.waiting, records: this.#batch.length };
  }

  async take(piece: ScannedLine | MeasurementRun): Promise<void> {
    if (piece.kind === 'run') {
      for (const { offset, bytes } of linesOfRun(piece)) this.#refuseNewer(offset, bytes);
    } else {
      await this.#take(piece);
    }
  }

  async #take(line: ScannedLine): Promise<void> {
    if (line.kind === 'torn') {
      this.account.torn = { offset: line.offset, end: line.end };
      await this.setAside.stretch(line.offset, line.end, 'torn');
      return;
    }
    if (line.kind !== 'foreign') {
      const bytes = line.kind === 'bad' ? line.bytes : line.line;
      this.#refuseNewer(line.offset, bytes);
      return;
    }
    const read = readLegacyLine(line.value);
    if (read.kind === 'unreadable') {
      this.#refuse(line.offset, line.line, read.reason);
    } else if (read.kind === 'start') {
      this.account.records++;
      await this.flush();
      this.#origin = read;
      this.#session = undefined;
    } else {
      this.account.records++;
      this.#takeMeasurement(read);
      this.#batchBytes += line.line.length;
    }
  }

  flushBehind(): Promise<void> {
    return this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    const known = batch.length > 0 || (isStart(this.#origin) && this.#session === undefined);
    if (known) await this.#import(batch);
    await this.setAside.flush();
  }

  /** No acquisition will ever say that these sessions go on or end. */
  async finish(): Promise<void> {
    if (this.#context.dryRun) this.account.assumeNew(0);
    for (const emulated of this.stores) {
      await inStore(this.#context, emulated, (store) => store.reconcileSessions(LEGACY_SOURCE, []));
    }
  }

  #takeMeasurement(measurement: LegacyMeasurement): void {
    const { capturedAt, raw, stored } = measurement;
    const { readings, undecoded } = readLegacyFrames(raw);
    this.comparison.add(raw, readings, stored);
    for (const reading of readings) this.#batch.push({ capturedAt, raw, reading });
    if (undecoded) this.#batch.push({ capturedAt, raw, reading: undefined });
    this.frames++;
    if (undecoded) this.undecodable++;
    this.account.measurements += readings.length;
  }

  async #import(batch: readonly LegacyItem[]): Promise<void> {
    const first = batch.find(({ reading }) => reading !== undefined);
    const session = (this.#session ??= await this.#begin(batch[0]?.capturedAt, first?.reading));
    this.sessions.add(session.session);
    this.account.session ??= session.session;
    if (this.#context.dryRun) return;
    const known = this.#renamed;
    const { result, offered } = await importReadings(this.#context, session, batch, known);
    this.stores.add(session.emulated);
    this.account.committed({ ...result, conflicts: [] }, offered);
  }

  /** Joins what an import of the database has made of the session, under whichever writing of its time. */
  async #begin(
    first: string | undefined,
    reading: LegacyReading | undefined,
  ): Promise<LegacySession> {
    const origin = this.#origin;
    const session = new LegacySession(origin, first, reading);
    this.#renamed = false;
    if (!('kind' in origin) || this.#context.dryRun) return session;
    const name = await knownName(this.#context, session.emulated, origin.id, origin.startedAt);
    if (name === undefined || name === session.session) return session;
    this.#renamed = true;
    return new LegacySession(origin, first, reading, { name });
  }

  #refuseNewer(offset: number, bytes: Buffer): void {
    this.#refuse(offset, bytes, 'no line of the predecessor');
  }

  #refuse(offset: number, bytes: Uint8Array, reason: string): void {
    this.account.damagedLine(offset, reason);
    this.setAside.line(offset, bytes, reason);
  }
}

function isStart(origin: LegacyStart | { readonly id: string }): boolean {
  return 'kind' in origin;
}

/** `session_14_buffer.jsonl` is of session 14; of any other name all of it. */
function idInName(name: string): string {
  return /^session_(\d+)_buffer\.jsonl$/.exec(name)?.[1] ?? name.replace(/\.jsonl$/, '');
}
