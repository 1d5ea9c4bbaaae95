import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinLines, splitLines } from './batch-body.js';

const line = fc
  .uint8Array({ minLength: 0, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)));

it('gives back the lines that were joined, in the memory of the body', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
      const body = joinLines(lines);
      const back = splitLines(body, lines.length);
      expect(back).toEqual(lines);
      expect(back?.every((piece) => piece.buffer === body.buffer)).toBe(true);
    }),
  );
});

it.each([
  ['fewer lines', 'a\nb\n', 3],
  ['more lines', 'a\nb\n', 1],
  ['no newline at the end', 'a\nb', 2],
  ['nothing', '', 1],
])('refuses a body with %s than its header says', (_, text, count) => {
  expect(splitLines(Buffer.from(text), count)).toBeUndefined();
});
