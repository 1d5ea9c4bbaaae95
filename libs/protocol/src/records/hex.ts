/** Lower-case hex, as frames stand in lines. */

/** The value of a digit, by its byte; 16 for what is none. */
export const HEX_VALUES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte));
  return value === -1 ? 16 : value;
});

/** Reads as many bytes as there is room for, two digits each, from `at` on; they must be digits. */
export function readHex(bytes: Uint8Array, at: number, into: Uint8Array): void {
  for (let i = 0; i < into.length; i++) {
    const [high, low] = [bytes[at + 2 * i] ?? 0, bytes[at + 2 * i + 1] ?? 0];
    into[i] = ((HEX_VALUES[high] ?? 0) << 4) | (HEX_VALUES[low] ?? 0);
  }
}
