import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Backlog, type BufferRange } from './backlog.js';

/** A segment in memory: what was appended can be read back. */
function segment() {
  let file = Buffer.alloc(0);
  let reads = 0;
  return {
    append(lines: Buffer): BufferRange {
      const start = file.length;
      file = Buffer.concat([file, lines]);
      return { path: 'segment', start, end: file.length };
    },
    read: (range: BufferRange): Promise<Buffer> => {
      reads++;
      return Promise.resolve(file.subarray(range.start, range.end));
    },
    get reads() {
      return reads;
    },
  };
}

const lines = (from: number, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => `{"line":${String(from + i)}}\n`).join(''));

describe('Backlog', () => {
  test('hands out every line once and in order, with memory for all, some or none of them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ count: fc.integer({ min: 1, max: 20 }), buffered: fc.boolean() }), {
          maxLength: 30,
        }),
        fc.integer({ min: 0, max: 2_000 }),
        fc.integer({ min: 300, max: 3_000 }),
        async (entries, memoryLimitBytes, maxBytes) => {
          const disk = segment();
          let committedEnd = 0;
          const backlog = new Backlog({
            memoryLimitBytes,
            read: disk.read,
            committed: (_, end) => {
              committedEnd = end;
            },
          });
          const pushed: Buffer[] = [];
          let told = 0;
          let lastEnd = 0;
          for (const [i, { count, buffered }] of entries.entries()) {
            const bytes = lines(i * 100, count);
            pushed.push(bytes);
            if (buffered) {
              const range = disk.append(bytes);
              lastEnd = range.end;
              backlog.push({ range, lines: bytes, records: count });
            } else {
              backlog.push({
                range: undefined,
                lines: bytes,
                records: count,
                committed: () => told++,
              });
            }
          }
          const taken: Buffer[] = [];
          for (
            let piece = await backlog.take(maxBytes);
            piece !== undefined;
            piece = await backlog.take(maxBytes)
          ) {
            taken.push(piece.lines);
            piece.done();
          }
          expect(Buffer.concat(taken).toString()).toBe(Buffer.concat(pushed).toString());
          expect(told).toBe(entries.filter(({ buffered }) => !buffered).length);
          expect(committedEnd).toBe(lastEnd);
          expect(backlog.records).toBe(0);
          expect(backlog.memoryBytes).toBe(0);
        },
      ),
    );
  });

  test('lets go of buffered lines above the limit, and never of lines that rest nowhere else', () => {
    const disk = segment();
    const backlog = new Backlog({
      memoryLimitBytes: 100,
      read: disk.read,
      committed: () => undefined,
    });
    for (let i = 0; i < 1_000; i++) {
      const bytes = lines(i, 1);
      backlog.push({ range: disk.append(bytes), lines: bytes, records: 1 });
    }
    expect(backlog.memoryBytes).toBeLessThanOrEqual(100);
    backlog.push({
      range: undefined,
      lines: lines(0, 50),
      records: 50,
      committed: () => undefined,
    });
    expect(backlog.memoryBytes).toBeGreaterThan(100);
    expect(backlog.records).toBe(1_050);
  });

  test('a segment shorter than what was acknowledged is an error, not an endless loop', async () => {
    const backlog = new Backlog({
      memoryLimitBytes: 0,
      read: () => Promise.resolve(Buffer.alloc(0)),
      committed: () => undefined,
    });
    backlog.push({ range: { path: 'gone', start: 0, end: 50 }, lines: lines(0, 1), records: 1 });
    await expect(backlog.take(1_000)).rejects.toThrow('gone');
  });
});
