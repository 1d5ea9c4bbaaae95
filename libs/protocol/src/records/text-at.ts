/** The text in UTF-8 that stands there; what is cut out of the bytes is not checked. */
export function textAt(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
}
