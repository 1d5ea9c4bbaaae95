import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstLine, holdsLines, joinLines, offsetOfLine } from './batch-body.js';

const line = fc
  .uint8Array({ minLength: 0, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)));

it('finds each of the lines that were joined, in the memory of the body', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
      const body = joinLines(lines);
      expect(holdsLines(body, lines.length)).toBe(true);
      for (const [n, expected] of lines.entries()) {
        const rest = body.subarray(offsetOfLine(body, n));
        expect(firstLine(rest)).toEqual(expected);
        expect(firstLine(rest).buffer).toBe(body.buffer);
      }
      expect(offsetOfLine(body, lines.length + 1)).toBe(-1);
    }),
  );
});

it.each([
  ['fewer lines', 'a\nb\n', 3],
  ['more lines', 'a\nb\n', 1],
  ['no newline at the end', 'a\nb', 2],
  ['half a line more', 'a\nb\nc', 2],
  ['nothing', '', 1],
])('refuses a body with %s than its header says', (_, text, count) => {
  expect(holdsLines(Buffer.from(text), count)).toBe(false);
});
