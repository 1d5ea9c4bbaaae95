/** Counts where the frames, read again, say something else than the predecessor had made of them. */
import type { LegacyReading } from './legacy-frame.js';

/** What the predecessor made of a frame. */
export interface StoredReading {
  readonly value: unknown;
  readonly unit: unknown;
}

const SOH = 0x01;

export class Comparison {
  /** Frames whose answer the meter had begun anew: more beginnings than readings. */
  doubledHeaders = 0;
  /** Frames of which the predecessor had stored another value or unit. */
  corrected = 0;
  /** Readings of frames of which it had stored none. */
  gained = 0;

  add(raw: Buffer, readings: readonly LegacyReading[], stored: StoredReading | undefined): void {
    if (readings.length === 0) return;
    if (raw.filter((byte) => byte === SOH).length > readings.length) this.doubledHeaders++;
    if (stored === undefined) this.gained += readings.length;
    else if (!readings.some(({ decoded }) => same(decoded, stored))) this.corrected++;
  }
}

function same({ value, unit }: LegacyReading['decoded'], stored: StoredReading): boolean {
  return value === stored.value && unit === plain(stored.unit);
}

/** The predecessor kept the no-break spaces of the meter. */
function plain(unit: unknown): string {
  return typeof unit === 'string' ? unit.replaceAll('\u00a0', ' ').trim() : '';
}
