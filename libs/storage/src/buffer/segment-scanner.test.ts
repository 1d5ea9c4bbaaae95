import { MAX_LINE_BYTES } from '@elmetron/protocol';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { FileSystem } from './file-system.js';
import { scanSegment, type ScannedLine } from './segment-scanner.js';
import { all, eventLine, eventLines, startLine } from './testing/lines.js';

const dir = mkdtempSync(join(tmpdir(), 'scan-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function scan(bytes: Uint8Array, chunkBytes?: number, from?: number): Promise<ScannedLine[]> {
  const path = join(dir, 'segment');
  writeFileSync(path, bytes);
  const options = { ...(chunkBytes && { chunkBytes }), ...(from && { from }) };
  return all(scanSegment(path, options));
}

/** `0 1 bad torn`: what each item is, records by their number. */
function shape(items: readonly ScannedLine[]): string {
  return items
    .map((item) => (item.kind === 'record' ? String(item.record.seq) : item.kind))
    .join(' ');
}

/** No byte is skipped or told twice. */
function expectGapless(items: readonly ScannedLine[], size: number): void {
  let next = 0;
  for (const { offset, end } of items) {
    expect(offset).toBe(next);
    next = end;
  }
  expect(next).toBe(size);
}

const NEWLINE = Buffer.from('\n');
const WHOLE = Buffer.concat([startLine(), NEWLINE, eventLines(1, 5)]);

describe('a segment', () => {
  test('is read line by line with positions', async () => {
    const items = await scan(WHOLE);
    expect(shape(items)).toBe('0 1 2 3 4 5');
    expectGapless(items, WHOLE.length);
    const [first] = items;
    expect(first).toMatchObject({ offset: 0, end: startLine().length + 1, line: startLine() });
  });

  test('may be empty, or hold only half a start line', async () => {
    expect(await scan(Buffer.alloc(0))).toEqual([]);
    const half = startLine().subarray(0, 40);
    expect(await scan(half)).toEqual([{ kind: 'torn', offset: 0, end: 40, bytes: half }]);
  });

  test('can be read from a line on', async () => {
    const from = startLine().length + 1 + eventLines(1, 1).length;
    const items = await scan(WHOLE, undefined, from);
    expect(shape(items)).toBe('2 3 4 5');
    expect(items[0]?.offset).toBe(from);
  });

  test('with bad lines before good ones is damaged, with bad ones at the end torn', async () => {
    const bad = Buffer.from('bad\n\n\u0000\n');
    const items = await scan(Buffer.concat([WHOLE, bad, eventLines(6, 6), bad]));
    expect(shape(items)).toBe('0 1 2 3 4 5 bad bad bad 6 torn');
    expect(items.at(-1)).toMatchObject({ kind: 'torn', bytes: bad });
    expect(items[6]).toMatchObject({ kind: 'bad', bytes: Buffer.from('bad'), code: 'bad_crc' });
  });

  test('whose last line lacks only its newline has lost nothing', async () => {
    const items = await scan(WHOLE.subarray(0, -1));
    expect(shape(items)).toBe('0 1 2 3 4 5');
    expect(items.at(-1)).toMatchObject({ end: WHOLE.length - 1 });
  });

  test('may hold what a newer version wrote: no torn end, wherever it stands', async () => {
    const newer = seal('{"v":2,"type":"measurement","session":"s","seq":6');
    const odd = seal('{"v":1,"type":"dream","session":"s","seq":7');
    const items = await scan(Buffer.concat([WHOLE, Buffer.from('noise\n'), newer, NEWLINE, odd]));
    expect(shape(items)).toBe('0 1 2 3 4 5 bad bad bad');
    expect(items.slice(-2)).toMatchObject([{ code: 'unknown_version' }, { code: 'unknown_type' }]);
  });

  test('that is some other file is torn from the start', async () => {
    const items = await scan(Buffer.from('\x7fELF\x02\x01\nsome\nprogram\n'));
    expect(items).toMatchObject([{ kind: 'torn', offset: 0, end: 20 }]);
  });

  test('that cannot be opened or read is said to be so', async () => {
    const unreadable = { code: 'buffer_unreadable' };
    await expect(all(scanSegment(join(dir, 'none')))).rejects.toMatchObject(unreadable);
    await expect(all(scanSegment(dir))).rejects.toMatchObject(unreadable);
  });
});

describe("the predecessor's lines", () => {
  const theirs = [
    { type: 'session_start', session_id: 14, started_at: '2025-09-26T13:24:00Z', metadata: {} },
    { type: 'measurement', captured_at: '2025-09-26T13:24:01Z', raw_frame_hex: '01', decoded: {} },
  ];

  test('come as the objects that they are, torn and damaged ones told apart as ever', async () => {
    const [one, two] = theirs.map((line) => JSON.stringify(line));
    const items = await scan(Buffer.from(`${one}\n{"type":"meas\n${two}\r\n${two?.slice(0, -1)}`));
    expect(items.map(({ kind }) => kind)).toEqual(['foreign', 'bad', 'foreign', 'torn']);
    expect(items[0]).toMatchObject({ value: theirs[0] });
    expect(items[2]).toMatchObject({ value: theirs[1] });
  });

  test('are not what has v, seq or crc, nor JSON that is no object', async () => {
    for (const line of ['{"v":1,"a":2}', '{"seq":1}', '{"crc":"00000000"}', '[{}]', '"a"', '12']) {
      expect(await scan(Buffer.from(`${line}\n`))).toMatchObject([{ kind: 'torn' }]);
    }
  });
});

describe('bytes without a newline', () => {
  const long = Buffer.alloc(3 * MAX_LINE_BYTES, 'x');

  test('are one bad line when records follow, of which only the head is kept', async () => {
    const items = await scan(Buffer.concat([WHOLE, long, NEWLINE, eventLines(6, 6)]));
    expect(shape(items)).toBe('0 1 2 3 4 5 bad 6');
    const bad = items[6];
    expect(bad).toMatchObject({ code: 'too_long', offset: WHOLE.length });
    expect((bad?.end ?? 0) - (bad?.offset ?? 0)).toBe(long.length + 1);
    expect(bad?.kind === 'bad' && bad.bytes.length).toBe(MAX_LINE_BYTES);
  });

  test('of any number are torn at the end, in constant memory', async () => {
    const size = 2 ** 29;
    const items: ScannedLine[] = [];
    const before = process.memoryUsage().rss;
    for await (const item of scanSegment('endless', { fs: zerosAfter(WHOLE, size) })) {
      items.push(item);
    }
    expect(shape(items)).toBe('0 1 2 3 4 5 torn');
    expect(items.at(-1)).toMatchObject({ offset: WHOLE.length, end: size });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  }, 20_000);

  test('may be exactly as many as a line may have', async () => {
    const fits = (extra: number): Buffer => {
      const empty = eventLine(1, '').length;
      return Buffer.concat([eventLine(1, 'x'.repeat(MAX_LINE_BYTES - empty)), Buffer.alloc(extra)]);
    };
    expect(shape(await scan(Buffer.concat([fits(0), NEWLINE])))).toBe('1');
    expect(shape(await scan(Buffer.concat([fits(1), NEWLINE, eventLine(2)])))).toBe('bad 2');
  });
});

/** A few records of different lengths, the start line first. */
const segment = fc
  .array(fc.string({ maxLength: 60, unit: 'grapheme' }), { minLength: 1, maxLength: 8 })
  .map((messages) => [startLine(), ...messages.map((message, i) => eventLine(i + 1, message))]);

const joined = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));

test('cut at any byte, every whole record before the cut is read and the rest is torn', async () => {
  await fc.assert(
    fc.asyncProperty(
      segment,
      fc.nat(),
      fc.integer({ min: 1, max: 300 }),
      async (lines, at, chunk) => {
        const bytes = joined(lines);
        const cut = bytes.subarray(0, at % (bytes.length + 1));
        const items = await scan(cut, chunk);
        let end = 0;
        const whole = lines.filter((line) => (end += line.length + 1) - 1 <= cut.length);
        const read = items.flatMap((item) => (item.kind === 'record' ? [item.line] : []));
        expect(read).toEqual(whole);
        const rest = items.slice(whole.length).map(({ kind }) => kind);
        expect(rest).toEqual(joined(whole).length < cut.length ? ['torn'] : []);
        expectGapless(items, cut.length);
      },
    ),
    { numRuns: 100 },
  );
});

test('cut at any byte and followed by zeros, the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      segment,
      fc.nat(),
      fc.integer({ min: 1, max: 500 }),
      async (lines, at, zeros) => {
        const bytes = joined(lines);
        const cut = at % (bytes.length + 1);
        const items = await scan(Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(zeros)]));
        let end = 0;
        const whole = lines.filter((line) => (end += line.length + 1) <= cut).length;
        expect(items.map(({ kind }) => kind)).toEqual([
          ...Array<string>(whole).fill('record'),
          'torn',
        ]);
        expectGapless(items, cut + zeros);
      },
    ),
  );
});

test('with any one byte changed, the lines it touches are bad or torn and all others are read', async () => {
  await fc.assert(
    fc.asyncProperty(
      segment,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (lines, at, flip) => {
        const bytes = joined(lines);
        const changed = Buffer.from(bytes);
        const position = at % bytes.length;
        changed[position] = (changed[position] ?? 0) ^ flip;
        let end = 0;
        const places = lines.map((line) => ({ start: end, end: (end += line.length + 1) }));
        const intact = lines.filter((_, i) => {
          const { start, end: after } = places[i] ?? { start: 0, end: 0 };
          // A changed newline touches the line that it ended and the one that it kept apart from it.
          const glued = bytes[position] === 0x0a && position === start - 1;
          return !glued && !(position >= start && position < after);
        });
        const items = await scan(changed);
        const read = items.flatMap((item) => (item.kind === 'record' ? [item.line] : []));
        expect(read).toEqual(intact);
        expect(items.filter(({ kind }) => kind === 'foreign')).toEqual([]);
        expectGapless(items, changed.length);
      },
    ),
    { numRuns: 200 },
  );
});

test('the size of the chunks that are read makes no difference', async () => {
  const noise = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.nat(9).map((seq) => eventLine(seq)),
      fc.constant(NEWLINE),
      fc.constant(Buffer.from('{"type":"measurement"}')),
    ),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(noise, fc.integer({ min: 1, max: 700 }), async (pieces, chunk) => {
      const bytes = Buffer.concat(pieces);
      const items = await scan(bytes, chunk);
      expect(items).toEqual(await scan(bytes));
      expectGapless(items, bytes.length);
    }),
  );
});

/** A line whose checksum holds, whatever it says. */
function seal(body: string): Buffer {
  return Buffer.from(`${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`);
}

/** A file of `size` bytes that takes no room: `head`, then zeros. */
function zerosAfter(head: Buffer, size: number): FileSystem {
  const refuse = (): never => {
    throw new Error('only reading is allowed');
  };
  return {
    open: async () => ({
      read: async (into, offset, length, position) => {
        const bytesRead = Math.min(length, size - position);
        into.fill(0, offset, offset + bytesRead);
        if (position < head.length) into.set(head.subarray(position, position + length), offset);
        return { bytesRead };
      },
      stat: async () => ({ size }),
      close: async () => undefined,
      write: refuse,
      sync: refuse,
      datasync: refuse,
      truncate: refuse,
    }),
    makeDirectory: refuse,
    readDirectory: refuse,
    stat: refuse,
    isRegularFile: refuse,
    rename: refuse,
    unlink: refuse,
    syncDirectory: refuse,
  };
}
