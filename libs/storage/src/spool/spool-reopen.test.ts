import { silentLog } from '@elmetron/protocol';
import fc from 'fast-check';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Child } from '../buffer/testing/child.js';
import { eventLine, SESSION, startLine } from '../buffer/testing/lines.js';
import { spoolFileName } from './spool-files.js';
import type { SpoolSession } from './spool-session.js';
import { Spool } from './spool.js';
import { drain } from './testing/drain.js';
import { files, SpoolDir } from './testing/spool-dir.js';

const dirs = new SpoolDir();
afterAll(() => {
  dirs.remove();
});

const START = startLine().length + 1;
const LINE = eventLine(1).length + 1;

const open = (dir: string, segmentBytes = 1_000_000): Promise<Spool> =>
  Spool.open({ dir, maxBytes: 1_000_000_000, segmentBytes, log: silentLog });

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

/**
 * What a kill leaves after `count` records of which `released` were released: `cut` when they were
 * before the next one came, so that the file was cut back.
 */
async function left(
  count: number,
  released: number,
  { segmentBytes = 1_000_000, cut = false } = {},
): Promise<string> {
  const dir = dirs.fresh();
  const spool = await open(dir, segmentBytes);
  const session = spool.begin(SESSION, startLine());
  for (let seq = 1; seq <= count; seq++) {
    session.append(eventLine(seq));
    if (cut && seq === released) session.release(seq);
  }
  session.release(released);
  const copy = dirs.afterKill(dir);
  await spool.close();
  return copy;
}

async function reopened<T>(
  dir: string,
  look: (session: SpoolSession | undefined, spool: Spool) => T | Promise<T>,
): Promise<T> {
  const spool = await open(dir);
  try {
    return await look(spool.sessions()[0], spool);
  } finally {
    await spool.close();
  }
}

describe('after a kill', () => {
  test('all that was not released is offered again, and can be released', async () => {
    const dir = await left(20, 7, { segmentBytes: START + 5 * LINE });
    await reopened(dir, (session, spool) => {
      expect(session).toMatchObject({
        session: SESSION,
        first: 6,
        last: 20,
        finished: true,
        holes: [],
      });
      expect(session?.startLine).toEqual(startLine());
      if (!session) throw new Error('unreachable');
      // Files go whole: what was released of the oldest one is offered once more, and known by its key.
      expect(drain(session)).toEqual({ numbers: range(6, 20), lost: [] });
      expect(session.read(-1, { records: 1, bytes: 1000 })).toMatchObject({ prev: 5, first: 6 });
      expect(() => session.append(eventLine(21))).toThrow();
      session.release(12);
      expect(drain(session).numbers).toEqual(range(13, 20));
      session.release(20);
      expect(spool.sessions()).toEqual([]);
      expect(spool.bytes).toBe(0);
    });
    expect(files(dir)).toEqual([]);
  });

  test('a session that holds only its start line is owed until that is released', async () => {
    const dir = await left(9, 9, { cut: true });
    await reopened(dir, (session) => {
      expect(session).toMatchObject({ first: 0, last: 0 });
      expect(session && drain(session).numbers).toEqual([0]);
    });
    await reopened(dir, (session, spool) => {
      // The writer had more than this life knows of.
      session?.release(9);
      expect(spool.sessions()).toEqual([]);
    });
    expect(files(dir)).toEqual([]);
  });

  test('what was numbered after a cut comes with what is before it released', async () => {
    const dir = await left(12, 9, { cut: true });
    await reopened(dir, (session) => {
      expect(session).toMatchObject({ first: 10, last: 12 });
      expect(session?.read(-1, { records: 9, bytes: 1000 })).toMatchObject({ prev: 9, first: 10 });
    });
  });

  test('a session whose start line was never whole did not begin', async () => {
    const dir = await left(0, -1);
    truncateSync(join(dir, spoolFileName(SESSION, 1)), 20);
    await reopened(dir, (session) => {
      expect(session).toBeUndefined();
    });
    expect(files(dir)).toEqual([]);
  });

  test('sessions come in the order they began, before those of the new life', async () => {
    const dir = dirs.fresh();
    const ids = [3, 1, 2].map((n) => `01990000-0000-7000-8000-00000000000${n}`);
    const spool = await open(dir);
    for (const id of ids) spool.begin(id, startLine(id));
    await spool.close();
    const again = await open(dir);
    again.begin(SESSION.replace('01990000', '01980000'), startLine());
    expect(again.sessions().map(({ session }) => session.at(-1))).toEqual(['1', '2', '3', '1']);
    expect(again.sessions().map(({ finished }) => finished)).toEqual([true, true, true, false]);
    await again.close();
  });

  test('another kill right after changes nothing, and what lies beside is left alone', async () => {
    const dir = await left(20, 3, { segmentBytes: START + 5 * LINE });
    writeFileSync(join(dir, 'README.md'), 'mine');
    mkdirSync(join(dir, 'folder'));
    for (let life = 0; life < 3; life++) {
      await reopened(dir, (session) => {
        expect(session && drain(session).numbers).toEqual(range(0, 20));
      });
    }
    expect(readdirSync(dir)).toContain('README.md');
  });

  test('of two lines of one number the one written last counts', async () => {
    const dir = dirs.fresh();
    const fileOf = (...lines: Buffer[]): Buffer =>
      Buffer.concat([startLine(), ...lines].flatMap((line) => [line, Buffer.from('\n')]));
    const ours = [eventLine(1), eventLine(2, 'never numbered'), eventLine(3, 'nor this')];
    writeFileSync(join(dir, spoolFileName(SESSION, 1)), fileOf(...ours));
    writeFileSync(join(dir, spoolFileName(SESSION, 2)), fileOf(eventLine(2), eventLine(3)));
    writeFileSync(join(dir, spoolFileName(SESSION, 3)), fileOf(eventLine(4)));
    await reopened(dir, (session) => {
      expect(session && drain(session)).toEqual({ numbers: range(0, 4), lost: [] });
      expect(session?.read(1, { records: 1, bytes: 1000 })?.lines).toEqual([eventLine(2)]);
      session?.release(4);
    });
    expect(files(dir)).toEqual([]);
  });

  test('all that a killed process had numbered is there', async () => {
    const dir = dirs.fresh();
    const child = new Child(
      `const spool = await spools.Spool.open({ dir: ${JSON.stringify(dir)}, maxBytes: 1e9, segmentBytes: 5000 });
       const session = spool.begin(lines.SESSION, lines.startLine());
       for (let seq = 1; ; seq++) {
         session.append(lines.eventLine(seq));
         if (seq % 1000 === 0) { say(String(seq)); await new Promise((go) => setImmediate(go)); }
         if (seq % 3000 === 0) session.release(seq - 10);
       }`,
      {
        spools: new URL('./spool.ts', import.meta.url),
        lines: new URL('../buffer/testing/lines.ts', import.meta.url),
      },
    );
    let numbered = 0;
    while (numbered < 4000) numbered = Number(await child.said());
    await child.kill();
    await reopened(dir, (session) => {
      if (!session) throw new Error('nothing was found');
      const { first, last } = session;
      expect(first).toBeLessThanOrEqual(Math.floor(last / 3000) * 3000 - 9);
      expect(last).toBeGreaterThanOrEqual(numbered);
      expect(drain(session, { records: 500 })).toEqual({ numbers: range(first, last), lost: [] });
    });
  }, 30_000);
});

test('cut at any byte, every whole record is offered, and what the cut took is no hole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 12 }),
      fc.nat(),
      fc.boolean(),
      async (count, at, zeros) => {
        const dir = await left(count, -1);
        const path = join(dir, spoolFileName(SESSION, 1));
        const { size } = statSync(path);
        const cut = at % (size + 1);
        truncateSync(path, cut);
        if (zeros) truncateSync(path, size + 100);
        // A line whose newline alone is missing is whole, unless zeros stand in its place.
        const reach = zeros ? cut : cut + 1;
        const whole = reach < START ? -1 : Math.floor((reach - START) / LINE);
        await reopened(dir, (session) => {
          expect(session ? drain(session) : { numbers: [], lost: [] }).toEqual({
            numbers: range(0, whole),
            lost: [],
          });
        });
      },
    ),
    { numRuns: 60 },
  );
}, 30_000);

test('with any one byte changed, all other records are offered, and what is missing shows as a hole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 20 }),
      fc.integer({ min: -1, max: 15 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (count, released, which, at, flip) => {
        const dir = await left(count, released, { segmentBytes: START + 4 * LINE });
        const names = files(dir);
        const path = join(dir, names[which % names.length] ?? '');
        const before = readFileSync(path);
        const position = at % before.length;
        const changed = Buffer.from(before);
        changed[position] = (before[position] ?? 0) ^ flip;
        writeFileSync(path, changed);

        const kept = new Set(
          await reopened(dirs.afterKill(dir), (session) => (session ? drain(session).numbers : [])),
        );
        await reopened(dir, (session, spool) => {
          expect(spool.damage).toMatchObject([{ session: SESSION }]);
          if (!session) {
            // At most a start line and one record were left, and the byte touched both.
            expect(count - released).toBeLessThanOrEqual(1);
            return;
          }
          const { numbers, lost } = drain(session);
          const { last } = session;
          const touched = lost.filter((seq) => seq > released);
          for (let seq = Math.max(1, released + 1); seq <= count; seq++) {
            const offered = numbers.includes(seq);
            // The one that it touches, two if it was a newline; at the end of all a torn one leaves no trace.
            if (!offered && seq <= last) expect(lost).toContain(seq);
            expect(offered && lost.includes(seq)).toBe(false);
          }
          expect(touched.length).toBeLessThanOrEqual(2);
          // The one record that was left is torn off the end: only the start line tells of the session.
          if (last === 0) expect(count - released).toBeLessThanOrEqual(1);
          else expect(last).toBeGreaterThanOrEqual(count - 2);
          expect(new Set(numbers)).toEqual(kept);
          expect(session.startLine.length).toBeGreaterThan(0);
        });
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

describe('damage', () => {
  test('in the middle leaves a hole, and the bytes are kept', async () => {
    const dir = await left(10, -1);
    const path = join(dir, spoolFileName(SESSION, 1));
    const bytes = readFileSync(path);
    const at = START + 3 * LINE;
    bytes.fill(0, at, at + 2 * LINE);
    writeFileSync(path, bytes);
    await reopened(dir, (session) => {
      expect(session?.holes).toEqual([{ from: 4, to: 6 }]);
      expect(session?.read(3, { records: 9, bytes: 10_000 })).toMatchObject({ prev: 3, first: 7 });
      expect(session && drain(session)).toEqual({
        numbers: [...range(0, 3), ...range(7, 10)],
        lost: [4, 5, 6],
      });
      session?.release(6);
      expect(session?.holes).toEqual([]);
      expect(session?.read(-1, { records: 9, bytes: 10_000 })).toMatchObject({ prev: 6, first: 7 });
    });
    expect(readdirSync(join(dir, 'quarantine'))).toEqual([`${spoolFileName(SESSION, 1)}.jsonl`]);
  });

  test('of a whole file leaves a hole', async () => {
    const dir = await left(20, -1, { segmentBytes: START + 5 * LINE });
    writeFileSync(join(dir, spoolFileName(SESSION, 6)), Buffer.alloc(300));
    await reopened(dir, (session) => {
      expect(session && drain(session)).toEqual({
        numbers: [...range(0, 5), ...range(11, 20)],
        lost: range(6, 10),
      });
    });
  });

  test('of a file that cannot even be read leaves a hole and does not keep the rest waiting', async () => {
    const dir = await left(20, -1, { segmentBytes: START + 5 * LINE });
    const name = spoolFileName(SESSION, 6);
    truncateSync(join(dir, name), 0);
    const spool = await open(dir);
    await spool.close();
    const { rmSync } = await import('node:fs');
    rmSync(join(dir, name), { force: true });
    mkdirSync(join(dir, name));
    await reopened(dir, (session) => {
      expect(session && drain(session).lost).toEqual(range(6, 10));
    });
    expect(readdirSync(dir)).toContain(`${name}.unreadable`);
  });

  test('of the first records that are left counts as loss, not as release', async () => {
    const dir = await left(20, 9, { segmentBytes: START + 5 * LINE });
    expect(files(dir)[0]).toBe(spoolFileName(SESSION, 6));
    const path = join(dir, spoolFileName(SESSION, 6));
    const bytes = readFileSync(path);
    bytes[START + 10] = 0;
    writeFileSync(path, bytes);
    await reopened(dir, (session) => {
      expect(session?.holes).toEqual([{ from: 6, to: 6 }]);
      expect(session?.read(-1, { records: 9, bytes: 10_000 })).toMatchObject({ prev: 5, first: 7 });
    });
  });

  test('of the only start line costs no record', async () => {
    const dir = await left(5, -1);
    const path = join(dir, spoolFileName(SESSION, 1));
    const bytes = readFileSync(path);
    bytes[20] = 0;
    writeFileSync(path, bytes);
    await reopened(dir, (session) => {
      expect(session && drain(session)).toEqual({ numbers: range(0, 5), lost: [] });
      expect(session?.startLine.toString()).toContain('"source":"unknown"');
    });
  });

  test('that comes while the spool is open is noticed when it is read, and kept', async () => {
    const dir = dirs.fresh();
    const spool = await Spool.open({ dir, maxBytes: 1e9, cacheRecords: 0, log: silentLog });
    const session = spool.begin(SESSION, startLine());
    for (let seq = 1; seq <= 600; seq++) session.append(eventLine(seq));
    const path = join(dir, spoolFileName(SESSION, 1));
    const bytes = readFileSync(path);
    // 300 is damaged, 400 loses its newline to become one line with 401.
    const place = (seq: number): number => bytes.indexOf(eventLine(seq));
    bytes[place(300) + 60] = 0;
    bytes[place(401) - 1] = 0x20;
    writeFileSync(path, bytes);
    const lost = [300, 400, 401];
    expect(drain(session)).toEqual({
      numbers: range(0, 600).filter((seq) => !lost.includes(seq)),
      lost,
    });
    expect(session.holes).toEqual([
      { from: 300, to: 300 },
      { from: 400, to: 401 },
    ]);
    session.release(600);
    expect(session).toMatchObject({ first: 601, holes: [] });
    await spool.close();
    const kept = readFileSync(
      join(dir, 'quarantine', `${spoolFileName(SESSION, 1)}.jsonl`),
      'utf8',
    );
    expect(kept.trim().split('\n').length).toBe(2);
  });
});
