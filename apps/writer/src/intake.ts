/**
 * First stage of the writer: checks every line that the stream hands over and cuts the flow into
 * deliveries of at most `recordsPerSync` records. A line that is no record of its session never
 * blocks the line: it travels along as poison, to be set aside before it is acknowledged.
 */
import { decodeLine, inspectLine, type ReceivedBatch, type RecordType } from '@elmetron/protocol';
import type { Delivery, Hole, Poison } from './delivery.js';
import { SessionIntake } from './session-intake.js';

const NEWLINE = Buffer.from('\n');

export interface IntakeOptions {
  readonly recordsPerSync: number;
  readonly deliver: (delivery: Delivery) => void;
}

export class Intake {
  readonly #options: IntakeOptions;
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
    const { recordsPerSync } = this.#options;
    // Another run has acknowledged the start, and may have kept nothing: without it the database
    // would not know whose session this is.
    if (!met && batch.first > 0 && session.startLine.length > 0) {
      const lines = [session.startLine];
      this.#options.deliver(deliveryOf(session, { first: 0, lines, bytes: ended(lines) }));
    }
    for (let from = 0; from < batch.lines.length; from += recordsPerSync) {
      this.#options.deliver(deliveryOf(session, pieceOf(batch, from, recordsPerSync)));
    }
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

/** Consecutive lines, and the same bytes in one piece with their newlines. */
interface Piece {
  readonly first: number;
  readonly lines: readonly Buffer[];
  readonly bytes: Buffer;
  readonly hole?: Hole;
}

function pieceOf({ first, lines, bytes, hole }: ReceivedBatch, from: number, most: number): Piece {
  if (from === 0 && lines.length <= most) {
    return { first, lines, bytes, ...(hole === undefined ? {} : { hole }) };
  }
  const piece = lines.slice(from, from + most);
  const start = piece[0]?.byteOffset ?? bytes.byteOffset;
  const size = piece.reduce((sum, line) => sum + line.length + NEWLINE.length, 0);
  return {
    first: first + from,
    lines: piece,
    bytes: bytes.subarray(start - bytes.byteOffset, start - bytes.byteOffset + size),
    ...(from === 0 && hole !== undefined ? { hole } : {}),
  };
}

function ended(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
}

function deliveryOf(session: SessionIntake, { first, lines, bytes, hole }: Piece): Delivery {
  const good: Buffer[] = [];
  const poison: Poison[] = [];
  let isEnd = false;
  for (const [i, line] of lines.entries()) {
    const checked = checkedLine(line, session.session, first + i);
    if ('refused' in checked) {
      poison.push({ seq: first + i, reason: checked.refused, bytes: line });
      continue;
    }
    good.push(line);
    isEnd = checked.type === 'session_end';
  }
  return {
    session,
    // As they came, unless some have to be left out.
    lines: poison.length === 0 ? bytes : ended(good),
    records: good.length,
    isStart: first === 0 && lines.length === 1,
    isEnd,
    poison,
    ...(hole === undefined ? {} : { hole }),
    entry: session.ledger.take(first + lines.length - 1),
  };
}

/** The type of the record that the line is, or why it is none of this session's. */
function checkedLine(
  line: Buffer,
  session: string,
  seq: number,
): { readonly type: RecordType } | { readonly refused: string } {
  const said = inspectLine(line);
  if (!said.ok) return { refused: `${said.code}: ${said.reason}` };
  if (said.session === session && said.seq === seq) return { type: said.type };
  return {
    refused: `bad_shape: the line says session ${said.session}, seq ${String(said.seq)}; it came as ${session}, seq ${String(seq)}`,
  };
}
