/**
 * Reads again what the predecessor took for a frame. Its own decoding is not trusted: it began at
 * the first SOH and so stored nonsense for every answer that the meter had started over.
 */
import { decodeFrame, Framer, type Decoded } from '@elmetron/protocol/offline';

export interface LegacyReading {
  readonly model: string;
  readonly serial: string;
  readonly decoded: Decoded;
  /** From the SOH that the reading belongs to up to and with ETX. */
  readonly frame: Buffer;
}

export interface LegacyFrames {
  readonly readings: readonly LegacyReading[];
  /** True when the bytes hold no reading, or beside one a frame that cannot be read. */
  readonly undecoded: boolean;
}

export function readLegacyFrames(raw: Uint8Array): LegacyFrames {
  const framer = new Framer();
  const readings: LegacyReading[] = [];
  let unreadable = 0;
  for (const part of [...framer.push(raw), ...framer.end()]) {
    if (part.kind === 'discarded') continue;
    const read = decodeFrame(part.bytes);
    if (read.ok) readings.push({ ...read, frame: part.bytes });
    else unreadable++;
  }
  return { readings, undecoded: unreadable > 0 || readings.length === 0 };
}
