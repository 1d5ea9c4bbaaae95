/**
 * First stage of the writer: checks every line that the stream hands over and cuts the flow into
 * deliveries of at most `recordsPerSync` records. A line that is no record of its session never
 * blocks the line: it travels along as poison, to be set aside before it is acknowledged.
 */
import { bytesOf, decodeLine, LineScanner, partOf, type ReceivedBatch } from '@elmetron/protocol';
import { checkLines, linesBut, type Lines } from './check-lines.js';
import type { Delivery, Hole } from './delivery.js';
import { SessionIntake } from './session-intake.js';

const NEWLINE = Buffer.from('\n');

export interface IntakeOptions {
  readonly recordsPerSync: number;
  readonly deliver: (delivery: Delivery) => void;
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #scanner = new LineScanner();
  readonly #sessions = new Map<string, SessionIntake>();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get sessions(): ReadonlyMap<string, SessionIntake> {
    return this.#sessions;
  }

  /** @param acknowledge tells the batch's source up to which number the session is durable. */
  take(batch: ReceivedBatch, acknowledge: (session: string, seq: number) => void): void {
    const met = this.#sessions.has(batch.session);
    const session = this.#sessionOf(batch, acknowledge);
    // Another run has acknowledged the start, and may have kept nothing: without it the database
    // would not know whose session this is.
    if (!met && batch.first > 0 && session.startLine.length > 0) {
      const start = Buffer.concat([session.startLine, NEWLINE]);
      this.#deliver(session, { first: 0, ...this.#scanned(start) });
    }
    this.#takeLines(session, batch);
  }

  #takeLines(session: SessionIntake, { first, count, bytes, hole }: ReceivedBatch): void {
    const { recordsPerSync } = this.#options;
    const { table } = this.#scanned(bytes);
    let start = 0;
    for (let from = 0; from < count; from += recordsPerSync) {
      const part = partOf(table, from, Math.min(count, from + recordsPerSync));
      const end = start + bytesOf(part);
      const piece = { first: first + from, bytes: bytes.subarray(start, end), table: part };
      this.#deliver(session, piece, from === 0 ? hole : undefined);
      start = end;
    }
  }

  #deliver(session: SessionIntake, piece: Lines, hole?: Hole): void {
    const { poison, isEnd } = checkLines(piece, session.session);
    // As they came, unless some have to be left out.
    const good = poison.length === 0 ? piece : this.#scanned(linesBut(poison, piece));
    const { first, table } = piece;
    this.#options.deliver({
      session,
      lines: good.bytes,
      table: good.table,
      records: good.table.lines,
      isStart: first === 0 && table.lines === 1,
      isEnd,
      poison,
      ...(hole === undefined ? {} : { hole }),
      entry: session.ledger.take(first + table.lines - 1),
    });
  }

  #scanned(bytes: Buffer): Pick<Lines, 'bytes' | 'table'> {
    return { bytes, table: this.#scanner.scan(bytes) };
  }

  /** The session will bring nothing more: its source no longer owns or owes it. */
  forget(session: string): void {
    this.#sessions.delete(session);
  }

  #sessionOf(
    batch: ReceivedBatch,
    acknowledge: (session: string, seq: number) => void,
  ): SessionIntake {
    const known = this.#sessions.get(batch.session);
    if (known !== undefined) return known;
    const decoded = decodeLine(batch.startLine);
    const start =
      decoded.ok && decoded.record.type === 'session_start' ? decoded.record : undefined;
    const made = new SessionIntake({
      session: batch.session,
      source: batch.source,
      emulated: start?.emulated ?? false,
      startLine: start === undefined ? Buffer.alloc(0) : batch.startLine,
      acknowledge: (seq) => {
        acknowledge(batch.session, seq);
      },
    });
    this.#sessions.set(batch.session, made);
    return made;
  }
}
