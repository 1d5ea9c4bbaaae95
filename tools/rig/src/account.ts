/**
 * Compares what the emulated meter says it sent with what the database holds. Frames of one
 * measurement second are alike to the byte, so they are compared in order and by count.
 */
import type { MeasurementRow } from './database.js';

/** A frame by the meter's account. */
export interface SentFrame {
  /** From its last SOH to ETX, lower-case hex. */
  readonly frame: string;
  /** Every byte of it reached the host; false when the line was cut in the middle of it. */
  readonly whole: boolean;
  /** When its last byte went out, UTC. */
  readonly at: string;
  /** The same moment on the clock of `microsecondsSinceBoot`. */
  readonly bootUs: number;
}

/** One clock for all processes of a machine, that is never set: for what passes from one to another. */
export function microsecondsSinceBoot(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

type AccountLine =
  | { readonly event: 'start' }
  | {
      readonly event: 'frame';
      readonly n: number;
      readonly at: string;
      readonly boot_us: number;
      readonly frame: string;
    }
  | { readonly event: 'sent' | 'cut'; readonly n: number };

/** Frames in the order in which they were sent, over all lives of the meter. */
export function parseAccount(text: string): SentFrame[] {
  const frames: (SentFrame & { whole: boolean })[] = [];
  let life = new Map<number, SentFrame & { whole: boolean }>();
  // What is behind the last newline may be half a line that is being written.
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as AccountLine;
    if (entry.event === 'start') {
      life = new Map();
    } else if (entry.event === 'frame') {
      const frame = { frame: entry.frame, whole: false, at: entry.at, bootUs: entry.boot_us };
      life.set(entry.n, frame);
      frames.push(frame);
    } else {
      const frame = life.get(entry.n);
      if (frame !== undefined) frame.whole = entry.event === 'sent';
    }
  }
  return frames;
}

export interface Comparison {
  /** Whole frames that were sent and are not in the database. */
  readonly missing: number;
  /** Rows that no frame sent accounts for: doubled or invented. */
  readonly surplus: number;
  readonly sent: number;
  readonly stored: number;
}

export function compare(
  sent: readonly Pick<SentFrame, 'frame' | 'whole'>[],
  rows: readonly MeasurementRow[],
): Comparison {
  const whole = sent.filter((frame) => frame.whole);
  // The stored frames must be a subsequence of those sent: one pass tells missing from surplus.
  let at = 0;
  let surplus = 0;
  for (const row of rows) {
    const hex = row.raw_frame.toString('hex');
    const found = whole.findIndex((frame, i) => i >= at && frame.frame === hex);
    if (found === -1) surplus++;
    else at = found + 1;
  }
  const stored = rows.length;
  return { missing: whole.length - (stored - surplus), surplus, sent: whole.length, stored };
}
