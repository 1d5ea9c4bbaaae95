/** Whether these bytes stand there: for a few of them a loop is quicker than a call that makes views. */
export function sameBytes(
  expected: Uint8Array,
  from: number,
  to: number,
  bytes: Uint8Array,
  at: number,
): boolean {
  for (let i = 0; i < to - from; i++) {
    if (bytes[at + i] !== expected[from + i]) return false;
  }
  return true;
}
