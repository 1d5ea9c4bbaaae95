/** How long bytes take on a serial line. */

/** 1 start, 8 data, 1 parity and 2 stop bits. */
const BITS_PER_BYTE = 12;
export const DEFAULT_BAUD = 115_200;

/** Milliseconds that one byte needs: 0.104 at 115200 baud. */
export function byteTime(baud: number): number {
  return (BITS_PER_BYTE * 1000) / baud;
}
