/**
 * Compares what the emulated meter says it sent with what the database holds. Frames of one
 * measurement second are alike to the byte, so they are compared in order and by count.
 */
import type { MeasurementRow } from './database.js';

/** A line of the meter's account. */
export interface SentFrame {
  readonly n: number;
  /** From its last SOH to ETX, lower-case hex. */
  readonly frame: string;
  /** Every byte went out; false when the line was cut in the middle of it. */
  readonly whole: boolean;
}

export interface Comparison {
  /** Whole frames that were sent and are not in the database. */
  readonly missing: number;
  /** Rows that no frame sent accounts for: doubled or invented. */
  readonly surplus: number;
  readonly sent: number;
  readonly stored: number;
}

export function compare(sent: readonly SentFrame[], rows: readonly MeasurementRow[]): Comparison {
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
