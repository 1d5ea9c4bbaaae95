import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BufferRange } from '@elmetron/storage';
import { Backlog, type BacklogPiece } from './backlog.js';
import { read } from './testing/lines.js';

/** A segment in memory: what was appended can be read back. */
function segment(path = 'segment') {
  let file = Buffer.alloc(0);
  let reads = 0;
  return {
    append(lines: Buffer): BufferRange {
      const start = file.length;
      file = Buffer.concat([file, lines]);
      return { path, start, end: file.length };
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
  test('hands out every line once, those of a segment in order, with memory for all, some or none of them', async () => {
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
          const pushed = { segment: '', nowhere: '' };
          const nowhere = new Set<string>();
          let told = 0;
          let lastEnd = 0;
          for (const [i, { count, buffered }] of entries.entries()) {
            const bytes = lines(i * 100, count);
            pushed[buffered ? 'segment' : 'nowhere'] += bytes.toString();
            if (buffered) {
              const range = disk.append(bytes);
              lastEnd = range.end;
              backlog.push({ range, ...read(bytes), records: count });
            } else {
              for (const line of bytes.toString().split(/(?<=\n)/)) nowhere.add(line);
              backlog.push({
                range: undefined,
                ...read(bytes),
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
            expect(piece.bytes).toBe(Buffer.concat(piece.lines).length);
            taken.push(...piece.lines);
            piece.done();
          }
          const all = Buffer.concat(taken)
            .toString()
            .split(/(?<=\n)/);
          expect(all.filter((line) => !nowhere.has(line)).join('')).toBe(pushed.segment);
          expect(all.filter((line) => nowhere.has(line)).join('')).toBe(pushed.nowhere);
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
      backlog.push({ range: disk.append(bytes), ...read(bytes), records: 1 });
    }
    expect(backlog.memoryBytes).toBeLessThanOrEqual(100);
    backlog.push({
      range: undefined,
      ...read(lines(0, 50)),
      records: 50,
      committed: () => undefined,
    });
    expect(backlog.memoryBytes).toBeGreaterThan(100);
    expect(backlog.records).toBe(1_050);
  });

  test('sessions that take turns cost no memory either', () => {
    const disks = [segment('one'), segment('two')];
    const backlog = new Backlog({
      memoryLimitBytes: 0,
      read: () => Promise.reject(new Error('not read')),
      committed: () => undefined,
    });
    for (let i = 0; i < 1_000; i++) {
      const bytes = lines(i, 1);
      for (const disk of disks) {
        backlog.push({ range: disk.append(bytes), ...read(bytes), records: 1 });
      }
    }
    expect(backlog.pieces).toBe(2);
  });

  test('hands out more ahead only when there is enough of it, and all of it again when it was not done', async () => {
    const disk = segment();
    let committedEnd = 0;
    const backlog = new Backlog({
      memoryLimitBytes: 1_000,
      read: disk.read,
      committed: (_, end) => {
        committedEnd = end;
      },
    });
    const one = lines(0, 1).length;
    const push = (i: number): void => {
      const bytes = lines(i, 1);
      backlog.push({ range: disk.append(bytes), ...read(bytes), records: 1 });
    };
    for (let i = 0; i < 5; i++) push(i);
    const text = (piece: BacklogPiece | undefined): string =>
      Buffer.concat(piece?.lines ?? []).toString();
    expect(text(await backlog.take(2 * one))).toBe(String(lines(0, 2)));
    expect(text(await backlog.takeAhead(2 * one))).toBe(String(lines(2, 2)));
    expect(await backlog.takeAhead(2 * one), 'one is too little').toBeUndefined();

    // Neither was done.
    const first = await backlog.take(2 * one);
    expect(text(first)).toBe(String(lines(0, 2)));
    const second = await backlog.takeAhead(2 * one);
    first?.done();
    second?.done();
    expect(committedEnd).toBe(4 * one);
    expect(text(await backlog.take(2 * one))).toBe(String(lines(4, 1)));
    expect(backlog.records).toBe(1);

    // What is on disk only is read ahead too, and what is pushed meanwhile comes behind it.
    for (let i = 5; i < 200; i++) push(i);
    expect(backlog.pieces).toBeLessThan(196);
    const ahead: BacklogPiece[] = [];
    for (let piece = await backlog.take(2 * one); piece !== undefined;) {
      ahead.push(piece);
      piece = await backlog.takeAhead(2 * one);
    }
    for (let i = 200; i < 210; i++) push(i);
    const taken = ahead.map(text).join('');
    expect(String(lines(4, 196)).startsWith(taken)).toBe(true);
    expect(taken.split('\n').length, 'all but one that is too little').toBeGreaterThan(194);
    let handed = '';
    for (const piece of ahead.splice(0, 40)) {
      handed += text(piece);
      piece.done();
    }

    // The rest was not done: it comes once more, from where that ended.
    for (;;) {
      const piece = await backlog.take(10 * one);
      if (piece === undefined) break;
      handed += text(piece);
      piece.done();
    }
    expect(handed).toBe(String(lines(4, 206)));
    expect([backlog.records, backlog.memoryBytes, backlog.pieces]).toEqual([0, 0, 0]);
  });

  test('a segment shorter than what was acknowledged is an error, not an endless loop', async () => {
    const backlog = new Backlog({
      memoryLimitBytes: 0,
      read: () => Promise.resolve(Buffer.alloc(0)),
      committed: () => undefined,
    });
    backlog.push({ range: { path: 'gone', start: 0, end: 50 }, ...read(lines(0, 1)), records: 1 });
    await expect(backlog.take(1_000)).rejects.toThrow('gone');
  });
});
