/**
 * The body of a batch: lines, each ended by a newline, in one piece of memory. Made with one copy
 * and handed on with none, because every record passes here.
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

/** Whether the body is so many lines, each ended by a newline. */
export function holdsLines(body: Buffer, count: number): boolean {
  return body.at(-1) === NEWLINE && offsetOfLine(body, count) === body.length;
}

/** Where the line of this number (from 0) begins; −1 when there are not that many newlines before it. */
export function offsetOfLine(body: Buffer, line: number): number {
  let at = 0;
  for (let n = 0; n < line; n++) {
    const newline = body.indexOf(NEWLINE, at);
    if (newline === -1) return -1;
    at = newline + 1;
  }
  return at;
}

/** The first line, without its newline; in the memory of the body. */
export function firstLine(body: Buffer): Buffer {
  return body.subarray(0, body.indexOf(NEWLINE));
}
