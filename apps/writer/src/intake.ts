/**
 * First stage of the writer: checks every line that the stream hands over and cuts the flow into
 * deliveries of at most `recordsPerSync` records. A line that is no record of its session never
 * blocks the line: it travels along as poison, to be set aside before it is acknowledged.
 */
import { decodeLine, type ReceivedBatch, type RecordType } from '@elmetron/protocol';
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
      this.#options.deliver(deliveryOf(session, 0, [session.startLine], undefined));
    }
    for (let from = 0; from < batch.lines.length; from += recordsPerSync) {
      const lines = batch.lines.slice(from, from + recordsPerSync);
      const hole = from === 0 ? batch.hole : undefined;
      this.#options.deliver(deliveryOf(session, batch.first + from, lines, hole));
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

function deliveryOf(
  session: SessionIntake,
  first: number,
  lines: readonly Buffer[],
  hole: Hole | undefined,
): Delivery {
  const good: Buffer[] = [];
  const poison: Poison[] = [];
  let isEnd = false;
  for (const [i, line] of lines.entries()) {
    const checked = checkedLine(line, session.session, first + i);
    if ('refused' in checked) {
      poison.push({ seq: first + i, reason: checked.refused, bytes: line });
      continue;
    }
    good.push(line, NEWLINE);
    isEnd = checked.type === 'session_end';
  }
  return {
    session,
    lines: Buffer.concat(good),
    records: good.length / 2,
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
  const result = decodeLine(line);
  if (!result.ok) return { refused: `${result.code}: ${result.reason}` };
  const { record } = result;
  if (record.session === session && record.seq === seq) return { type: record.type };
  return {
    refused: `bad_shape: the line says session ${record.session}, seq ${String(record.seq)}; it came as ${session}, seq ${String(seq)}`,
  };
}
