/**
 * Imports one buffer of the predecessor. Its lines are neither numbered nor checked, so a reading is
 * known by its time and its bytes only, and by how often that pair occurs in the file: a file
 * imported twice, or a file and the database that it had been replayed into, double nothing.
 *
 * The raw bytes are read again with this system's own framer and decoder. Bytes that give no reading
 * are kept as an audit event; lines that cannot be read at all are set aside.
 */
import { createHash } from 'node:crypto';
import type { ScannedLine } from '../../buffer/index.js';
import { BufferAccount } from '../buffer-account.js';
import type { FoundBuffer } from '../found-buffers.js';
import type { BufferReader } from '../read-through.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';
import { SetAside } from '../set-aside.js';
import { readLegacyFrames, type LegacyReading } from './legacy-frame.js';
import { readLegacyLine, type LegacyMeasurement, type LegacyStart } from './legacy-line.js';
import { LegacySession, LEGACY_SOURCE } from './legacy-session.js';

interface Item extends LegacyMeasurement {
  /** undefined: the bytes as a whole, because not all of them are a reading. */
  readonly reading: LegacyReading | undefined;
}

export class LegacyImport implements BufferReader {
  readonly account: BufferAccount;
  readonly setAside: SetAside;
  readonly stores = new Set<boolean>();
  readonly #context: RecoveryContext;
  #origin: LegacyStart | { readonly id: string };
  /** Made of the first batch: the start may leave out what the first reading says. */
  #session: LegacySession | undefined;
  #batch: Item[] = [];
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

  async take(line: ScannedLine): Promise<void> {
    if (line.kind === 'torn') {
      this.account.torn = { offset: line.offset, end: line.end };
      await this.setAside.stretch(line.offset, line.end, 'torn');
      return;
    }
    if (line.kind !== 'foreign') {
      const bytes = line.kind === 'bad' ? line.bytes : line.line;
      this.#refuse(line.offset, bytes, 'no line of the predecessor');
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
    const { readings, undecoded } = readLegacyFrames(measurement.raw);
    for (const reading of readings) this.#batch.push({ ...measurement, reading });
    if (undecoded) this.#batch.push({ ...measurement, reading: undefined });
    this.account.measurements += readings.length;
  }

  async #import(batch: readonly Item[]): Promise<void> {
    const first = batch.find(({ reading }) => reading !== undefined);
    const session = (this.#session ??= new LegacySession(
      this.#origin,
      batch[0]?.capturedAt,
      first?.reading,
    ));
    this.account.session ??= session.session;
    if (this.#context.dryRun) return;
    const lines: Buffer[] = [];
    const occurrence: number[] = [];
    for (const { capturedAt, reading } of batch) {
      if (reading === undefined) continue;
      lines.push(session.line(capturedAt, reading));
      occurrence.push(session.occurrence(capturedAt, reading.frame));
    }
    const result = await inStore(this.#context, session.emulated, (store) =>
      store.importLegacy({ session: session.session, start: session.startLine, lines, occurrence }),
    );
    this.stores.add(session.emulated);
    // Only the start can differ, and the store keeps what it refused: it is told, not counted.
    for (const { line } of result.conflicts) {
      this.#context.log.warn(
        { session: session.session, line: Buffer.from(line).toString() },
        'The session was imported before under another start; that one stays',
      );
    }
    this.account.committed({ ...result, conflicts: [] }, lines.length);
    for (const item of batch) {
      if (item.reading === undefined) await this.#keepUndecoded(session, item);
    }
  }

  /** Keyed by what it is, not by the file that it stood in: imported twice, it is kept once. */
  async #keepUndecoded(session: LegacySession, { capturedAt, raw }: Item): Promise<void> {
    const nth = session.occurrence(capturedAt, raw);
    const digest = createHash('sha256').update(raw).digest('hex').slice(0, 16);
    await inStore(this.#context, session.emulated, (store) =>
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
