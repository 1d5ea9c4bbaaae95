import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import { bufferFileName, parseBufferFileName } from './buffer-file-name.js';
import { makeDurableDirectory } from './durable-directory.js';
import { scanSegment } from './segment-scanner.js';
import { SessionBuffer } from './session-buffer.js';
import { DiskModel, failure } from './testing/disk-model.js';
import { eventLines, SESSION, startLine } from './testing/lines.js';

const NONE = { archiveDir: '/captures/archive', archiveDays: 0 };
const START = startLine().length + 1;
const LINE = eventLines(1, 1).length;

async function setUp(rotateBytes = 1_000_000): Promise<{ disk: DiskModel; buffer: SessionBuffer }> {
  const disk = new DiskModel();
  await makeDurableDirectory('/captures', disk);
  const options = { dir: '/captures', run: 'r1', session: SESSION, startLine: startLine() };
  return { disk, buffer: new SessionBuffer({ ...options, rotateBytes, fs: disk, log: silentLog }) };
}

const segment = (number: number): string => `/captures/${bufferFileName(SESSION, 'r1', number)}`;

/** The numbers of all records in all buffer files, in the order of files and lines. */
async function numbers(disk: DiskModel): Promise<number[]> {
  const found: number[] = [];
  for (const path of disk.paths()) {
    for await (const item of scanSegment(path, { fs: disk })) {
      if (item.kind === 'record') found.push(item.record.seq);
      else expect(item.kind).toBe('torn');
    }
  }
  return found;
}

describe('a session buffer', () => {
  test('makes no file before there is something to keep', async () => {
    const { disk, buffer } = await setUp();
    expect(disk.paths()).toEqual([]);
    expect(buffer.segments()).toEqual([]);
    await buffer.sync();
    await buffer.close();
    expect(disk.paths()).toEqual([]);
  });

  test('begins every segment with the start line, and gives back what it took', async () => {
    const { disk, buffer } = await setUp(START + 2 * LINE);
    const ranges = [];
    for (let seq = 1; seq <= 5; seq++) ranges.push(await buffer.append(eventLines(seq, seq)));
    await buffer.sync();
    expect(disk.paths()).toEqual([segment(1), segment(2), segment(3)]);
    expect(await numbers(disk)).toEqual([0, 1, 2, 0, 3, 4, 0, 5]);
    expect(ranges[0]).toEqual({ path: segment(1), start: START, end: START + LINE });
    for (const [i, range] of ranges.entries()) {
      expect(await buffer.read(range)).toEqual(eventLines(i + 1, i + 1));
    }
    expect(buffer.segments().map(({ closed }) => closed)).toEqual([true, true, false]);
  });

  test('takes more than a segment holds at once, rather than none', async () => {
    const { disk, buffer } = await setUp(START + LINE);
    await buffer.append(eventLines(1, 50));
    await buffer.append(eventLines(51, 51));
    expect((await numbers(disk)).length).toBe(53);
    expect(disk.paths().length).toBe(2);
  });

  test('takes lines in the order of the calls, though nobody waits between them', async () => {
    const { disk, buffer } = await setUp(START + 3 * LINE);
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((seq) => buffer.append(eventLines(seq, seq))));
    expect((await numbers(disk)).filter((seq) => seq > 0)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('goes on in the same file after a full disk, in a fresh one after a restart', async () => {
    const { disk, buffer } = await setUp();
    await buffer.append(eventLines(1, 1));
    disk.room = LINE + LINE / 2;
    await expect(buffer.append(eventLines(2, 4))).rejects.toMatchObject({
      code: 'buffer_unwritable',
    });
    disk.room = Infinity;
    await buffer.append(eventLines(2, 2));
    await buffer.restart();
    await buffer.append(eventLines(3, 3));
    await buffer.sync();
    expect(await numbers(disk)).toEqual([0, 1, 2, 0, 3]);
    expect(buffer.segments().map(({ closed }) => closed)).toEqual([true, false]);
  });

  test('leaves no file behind that was made for lines which then had no room', async () => {
    const { disk, buffer } = await setUp();
    for (let attempt = 1; attempt <= 3; attempt++) {
      disk.room = START + LINE / 2;
      await expect(buffer.append(eventLines(1, 1))).rejects.toThrow();
      await buffer.restart();
    }
    expect(disk.paths()).toEqual([]);
    disk.room = Infinity;
    await buffer.append(eventLines(1, 1));
    await buffer.sync();
    expect(await numbers(disk)).toEqual([0, 1]);
    expect(buffer.segments()).toHaveLength(1);
  });

  test('keeps a segment with the start line alone when that was there before', async () => {
    const { disk, buffer } = await setUp();
    await buffer.append(Buffer.alloc(0));
    await buffer.sync();
    disk.room = LINE / 2;
    await expect(buffer.append(eventLines(1, 1))).rejects.toThrow();
    expect(await numbers(disk)).toEqual([0]);
  });

  test('leaves a file behind that cannot be cut back, and still syncs what was whole in it', async () => {
    const { disk, buffer } = await setUp();
    await buffer.append(eventLines(1, 1));
    disk.room = 10;
    disk.intercept = (call) => {
      if (call.startsWith('truncate')) throw failure('EIO', call);
    };
    await expect(buffer.append(eventLines(2, 2))).rejects.toThrow();
    disk.room = Infinity;
    await buffer.append(eventLines(2, 2));
    await buffer.sync();
    const left = disk.afterPowerCut(() => 0);
    expect(await numbers(left)).toEqual([0, 1, 0, 2]);
  });

  test('refuses everything after a failed sync', async () => {
    const { disk, buffer } = await setUp();
    await buffer.append(eventLines(1, 1));
    disk.intercept = (call) => {
      if (call.startsWith('sync ')) throw failure('EIO', call);
    };
    const failed = { code: 'sync_failed' };
    await expect(buffer.sync()).rejects.toMatchObject(failed);
    disk.intercept = () => undefined;
    await expect(buffer.append(eventLines(2, 2))).rejects.toMatchObject(failed);
    await buffer.restart();
    await expect(buffer.append(eventLines(2, 2))).rejects.toMatchObject(failed);
    await expect(buffer.sync()).rejects.toMatchObject(failed);
    expect(await numbers(disk)).toEqual([0, 1]);
  });

  test('removes closed segments only', async () => {
    const { disk, buffer } = await setUp(START + LINE);
    await buffer.append(eventLines(1, 1));
    await buffer.append(eventLines(2, 2));
    await expect(buffer.remove(segment(1), NONE)).rejects.toThrow();
    await buffer.sync();
    await buffer.remove(segment(1), NONE);
    await expect(buffer.remove(segment(2), NONE)).rejects.toThrow();
    await buffer.close();
    await buffer.remove(segment(2), NONE);
    expect(buffer.segments()).toEqual([]);
    expect(disk.paths()).toEqual([]);
  });

  test('says when what it wrote cannot be read back', async () => {
    const { disk, buffer } = await setUp();
    const range = await buffer.append(eventLines(1, 1));
    const unreadable = { code: 'buffer_unreadable' };
    await expect(buffer.read({ ...range, end: range.end + 1 })).rejects.toMatchObject(unreadable);
    await disk.unlink(range.path);
    await expect(buffer.read(range)).rejects.toMatchObject(unreadable);
  });
});

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      lines: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sync' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('append_and_sync' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fill' as const), room: fc.nat(2 * LINE) }) },
);

test('what a sync has covered survives a power cut at any call, and every kill', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.nat(80),
      fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      async (steps, cutAt, outcomes) => {
        const { disk, buffer } = await setUp(START + 3 * LINE);
        disk.calls.length = 0;
        disk.intercept = (_, number) => {
          if (number >= cutAt) throw failure('EIO', 'the power is gone');
        };
        let taken = 0;
        let durable = 0;
        const append = async (count: number): Promise<void> => {
          await buffer.append(eventLines(taken + 1, taken + count));
          taken += count;
        };
        try {
          for (const one of steps) {
            if (one.do === 'append') await append(one.lines);
            if (one.do === 'restart') await buffer.restart();
            if (one.do === 'sync' || one.do === 'append_and_sync') {
              const covered = taken;
              const syncing = buffer.sync();
              if (one.do === 'append_and_sync') await append(1);
              await syncing;
              durable = covered;
            }
            if (one.do === 'fill') {
              disk.room = one.room;
              await append(2).catch(() => undefined);
              disk.room = Infinity;
            }
          }
        } catch (error) {
          expect(error).toHaveProperty('code');
        }
        let next = 0;
        const choose = (n: number): number => (outcomes[next++ % outcomes.length] ?? 0) % n;
        const cut = await numbers(disk.afterPowerCut(choose));
        for (let seq = 1; seq <= durable; seq++) expect(cut).toContain(seq);
        const killed = (await numbers(disk.afterKill())).filter((seq) => seq > 0);
        expect(killed).toEqual([...killed.keys()].map((i) => i + 1));
        expect(killed.length).toBeGreaterThanOrEqual(taken);
      },
    ),
    { numRuns: 150 },
  );
});

describe('the name of a buffer file', () => {
  test('tells session, run and segment', () => {
    const name = bufferFileName(SESSION, '0199-run', 12);
    expect(name).toBe(`session_${SESSION}_0199-run_000012_buffer.jsonl`);
    expect(parseBufferFileName(name)).toEqual({ session: SESSION, run: '0199-run', segment: 12 });
  });

  test('is told from other names', () => {
    const others = [
      '',
      'README.md',
      'session_14_buffer.jsonl',
      `session_${SESSION}_r_1_spool.jsonl`,
    ];
    for (const name of [...others, `${bufferFileName(SESSION, 'r', 1)}.gz`]) {
      expect(parseBufferFileName(name)).toBeUndefined();
    }
  });
});
