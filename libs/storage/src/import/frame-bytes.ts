/** The bytes of a row of raw_frames: hexadecimal text, or the bytes themselves. */
import type { FrameRow } from './predecessor-database.js';

/** undefined: the row has none that can be read. */
export function frameBytes({ frame_hex, frame_bytes }: FrameRow): Buffer | undefined {
  if (typeof frame_hex === 'string') {
    const hex = frame_hex.replace(/\s/g, '');
    if (/^(?:[0-9a-f]{2})+$/i.test(hex)) return Buffer.from(hex, 'hex');
  }
  // In some versions it is the number of bytes.
  return frame_bytes instanceof Uint8Array && frame_bytes.length > 0
    ? Buffer.from(frame_bytes)
    : undefined;
}
