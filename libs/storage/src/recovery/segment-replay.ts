/**
 * Replays one buffer of a dead writer into the store, in batches, so that a buffer of any size
 * needs little memory; the next one is read while the store commits one. Nothing is skipped by what a
 * session has already: the store knows every record by its key, and records of one session may reach
 * it in any order.
 *
 * A line that cannot be replayed is set aside first; the whole ones around it are replayed all the
 * same. When even the setting aside fails, the rest is still replayed, and the buffer stays.
 */
import { bytesOf, LineScanner, partOf } from '@elmetron/protocol/offline';
import { scanSegment, type MeasurementRun, type ScannedLine } from '../buffer/index.js';
import type { Conflict } from '../store/store.js';
import { BufferAccount } from './buffer-account.js';
import { saysEmulated } from './emulated.js';
import type { FoundBuffer } from './found-buffers.js';
import type { BufferReader } from './read-through.js';
import { inStore, type RecoveryContext } from './recovery-context.js';
import { SetAside } from './set-aside.js';

type WholeLine = Extract<ScannedLine, { kind: 'record' }>;
type Whole = WholeLine | MeasurementRun;
type DamagedLine = Extract<ScannedLine, { kind: 'bad' | 'foreign' }>;
type TornEnd = Extract<ScannedLine, { kind: 'torn' }>;

const NEWLINE = Buffer.from('\n');

export class SegmentReplay implements BufferReader {
  readonly account: BufferAccount;
  readonly setAside: SetAside;
  readonly stores = new Set<boolean>();
  readonly #buffer: FoundBuffer;
  readonly #context: RecoveryContext;
  readonly #scanner = new LineScanner();
  #batch: Whole[] = [];
  #batchBytes = 0;
  #batchRecords = 0;
  #batchEmulated = false;
  #auditEvents = 0;
  /** At most one batch is on its way. */
  #committing: Promise<void> | undefined;

  constructor(buffer: FoundBuffer, context: RecoveryContext) {
    this.#buffer = buffer;
    this.#context = context;
    this.account = new BufferAccount(buffer.path, buffer.named?.session);
    this.setAside = new SetAside(buffer, context.quarantine);
  }

  get waiting(): { readonly bytes: number; readonly records: number } {
    return { bytes: this.#batchBytes + this.setAside.waiting, records: this.#batchRecords };
  }

  take(piece: ScannedLine | MeasurementRun): Promise<void> | undefined {
    switch (piece.kind) {
      case 'run':
        this.account.run(piece);
        return this.#replay(piece, piece.session);
      case 'record':
        this.account.record(piece.record);
        if (piece.record.type === 'audit_event') this.#auditEvents++;
        return this.#replay(piece, piece.record.session);
      case 'bad':
        return this.#setAsideDamage(piece, `${piece.code}: ${piece.reason}`);
      case 'foreign':
        return this.#setAsideDamage(piece, 'foreign: a line of another program');
      case 'torn':
        return this.#setAsideTorn(piece);
    }
  }

  #replay(piece: Whole, session: string): Promise<void> | undefined {
    const emulated = this.#context.emulated.get(session);
    if (emulated === undefined || emulated !== this.#batchEmulated) {
      return this.#turnTo(piece, session);
    }
    this.#add(piece);
    return undefined;
  }

  /** The first of a session, or one for the other store. */
  async #turnTo(piece: Whole, session: string): Promise<void> {
    const emulated = await this.#isEmulated(session, piece);
    if (emulated !== this.#batchEmulated) await this.flush();
    this.#batchEmulated = emulated;
    this.#add(piece);
  }

  #add(piece: Whole): void {
    this.#batch.push(piece);
    this.#batchBytes += piece.end - piece.offset;
    this.#batchRecords += recordsIn(piece);
    if (piece.kind === 'record' && piece.record.type === 'session_end') {
      const { session, measurement_count: measurementCount } = piece.record;
      this.#context.ended.set(session, { emulated: this.#batchEmulated, measurementCount });
    }
  }

  async flushBehind(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#batchRecords = 0;
    await this.#committing;
    if (batch.length > 0 && !this.#context.dryRun) {
      this.#committing = this.#commit(batch);
      // Whoever asks next is told; until then it is no rejection that nobody handles.
      this.#committing.catch(() => undefined);
    }
    await this.setAside.flush();
  }

  async flush(): Promise<void> {
    await this.flushBehind();
    await this.#committing;
    // What the store refused of the last batch.
    await this.setAside.flush();
  }

  finish(): Promise<void> {
    if (this.#context.dryRun) this.account.assumeNew(this.#auditEvents);
    return Promise.resolve();
  }

  async #commit(batch: readonly Whole[]): Promise<void> {
    const pieces = batch.map((piece) => (piece.kind === 'run' ? piece : this.#ended(piece)));
    const emulated = this.#batchEmulated;
    const result = await inStore(this.#context, emulated, (store) =>
      store.commit({
        lines: pieces.map(({ bytes }) => bytes),
        tables: pieces.map(({ table }) => table),
        recovered: true,
      }),
    );
    this.stores.add(emulated);
    const measurements = batch.filter(isOfMeasurements).reduce((sum, of) => sum + recordsIn(of), 0);
    this.account.committed(result, measurements);
    this.#setAsideConflicts(result.conflicts, batch);
  }

  #ended({ line }: WholeLine): Pick<MeasurementRun, 'bytes' | 'table'> {
    const bytes = Buffer.concat([line, NEWLINE]);
    return { bytes, table: this.#scanner.scan(bytes) };
  }

  /** The record's own word, by its session's start; without one, the serial number in its frames. */
  async #isEmulated(session: string, piece: Whole): Promise<boolean> {
    const { emulated } = this.#context;
    const known = emulated.get(session);
    if (known !== undefined) return known;
    const said = piece.kind === 'record' ? saysEmulated(piece.record) : undefined;
    const word = said ?? (await this.#emulatedFurtherOn(session, piece.offset));
    // Real data is what must never end up among emulated data unnoticed: without a word it is real.
    emulated.set(session, word ?? false);
    return word ?? false;
  }

  async #emulatedFurtherOn(session: string, from: number): Promise<boolean | undefined> {
    for await (const line of scanSegment(this.#buffer.path, { from, fs: this.#context.fs })) {
      if (line.kind !== 'record' || line.record.session !== session) continue;
      const word = saysEmulated(line.record);
      if (word !== undefined) return word;
    }
    return undefined;
  }

  async #setAsideDamage(line: DamagedLine, reason: string): Promise<void> {
    const { offset, end } = line;
    this.account.damagedLine(offset, reason);
    const bytes = line.kind === 'bad' ? line.bytes : line.line;
    // Of an overlong line the scanner hands out the beginning only.
    if (end - offset > bytes.length + 1) await this.setAside.stretch(offset, end, reason);
    else this.setAside.line(offset, bytes, reason);
  }

  async #setAsideTorn({ offset, end, bytes }: TornEnd): Promise<void> {
    this.account.torn = { offset, end };
    const lines = countNewlines(bytes);
    // Nothing whole in the file: what had a line's end had once been a line.
    if (this.account.records === 0 && lines > 0) {
      this.account.damagedLine(offset, 'no whole line in the file', lines);
    }
    await this.setAside.stretch(offset, end, 'torn');
  }

  #setAsideConflicts(conflicts: readonly Conflict[], batch: readonly Whole[]): void {
    for (const { session, seq, line } of conflicts) {
      const places = batch.map((piece) => offsetIn(piece, session, seq));
      this.setAside.line(
        places.find((offset) => offset !== undefined) ?? 0,
        line,
        'conflict: the store holds another record under this number',
      );
    }
  }
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}

const recordsIn = (piece: Whole): number => (piece.kind === 'run' ? piece.table.lines : 1);

const isOfMeasurements = (piece: Whole): boolean =>
  piece.kind === 'run' || piece.record.type === 'measurement';

/** Where in the file the record begins; undefined when it is not in the piece. */
function offsetIn(piece: Whole, session: string, seq: number): number | undefined {
  if (piece.kind === 'record') {
    return piece.record.session === session && piece.record.seq === seq ? piece.offset : undefined;
  }
  const line = seq - piece.first;
  if (piece.session !== session || line < 0 || line >= piece.table.lines) return undefined;
  return piece.offset + bytesOf(partOf(piece.table, 0, line));
}
