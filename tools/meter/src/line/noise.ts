/** Bytes that mean nothing, with the frame's own control bytes among them far above chance. */
import type { Random } from '../random.js';

const LONGEST = 24;

export function noiseBytes(random: Random): Buffer {
  const length = random.between(1, LONGEST);
  const byte = (): number =>
    random.happens(0.4)
      ? random.pick(0x01, 0x02, 0x03, 0x17, 0x1e, 0x0d, 0x0a, 0x23)
      : random.between(0, 255);
  return Buffer.from(Array.from({ length }, byte));
}
