/**
 * The body of a batch: lines, each ended by a newline, in one piece of memory. Made with one copy
 * and read with none, because every record passes here.
 */

const NEWLINE = 0x0a;

/** One buffer with all lines, each ended by a newline; `lines` have none. */
export function joinLines(lines: readonly Buffer[]): Buffer {
  let size = lines.length;
  for (const line of lines) size += line.length;
  const body = Buffer.allocUnsafe(size);
  let at = 0;
  for (const line of lines) {
    body.set(line, at);
    at += line.length;
    body[at] = NEWLINE;
    at += 1;
  }
  return body;
}

/** The lines of a body, without newlines and sharing its memory; undefined unless there are `count`. */
export function splitLines(body: Buffer, count: number): Buffer[] | undefined {
  const lines: Buffer[] = [];
  let at = 0;
  while (at < body.length) {
    const end = body.indexOf(NEWLINE, at);
    if (end < 0 || lines.length === count) return undefined;
    lines.push(body.subarray(at, end));
    at = end + 1;
  }
  return lines.length === count ? lines : undefined;
}
