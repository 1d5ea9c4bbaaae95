import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeDurableDirectory } from './durable-directory.js';
import { quarantineFileName } from './quarantine-entry.js';
import { Quarantine } from './quarantine.js';
import { DiskModel, failure } from './testing/disk-model.js';

const DIR = '/captures/quarantine';
const ORIGIN = 'session_a_buffer.jsonl';
const PATH = `${DIR}/${ORIGIN}.jsonl`;
const clock = { now: () => Date.UTC(2026, 0, 2), monotonic: () => 0 };

async function disk(): Promise<DiskModel> {
  const made = new DiskModel();
  await makeDurableDirectory('/captures', made);
  return made;
}

const on = (fs: DiskModel): Quarantine => new Quarantine({ dir: DIR, fs, clock });
const entry = (position: number, text = 'bad', origin = ORIGIN) => ({
  reason: 'bad_crc',
  origin,
  position,
  bytes: Buffer.from(text),
});

function entries(from: DiskModel, path = PATH): unknown[] {
  const lines = from.content(path)?.toString().split('\n') ?? [];
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

describe('the quarantine', () => {
  test('keeps bytes with where they come from and why, text as text and others as hex', async () => {
    const fs = await disk();
    const quarantine = on(fs);
    expect(await quarantine.put(entry(7, 'no "record"\u0000'))).toBe(true);
    await quarantine.put({ ...entry(90), bytes: Buffer.from('fffe00', 'hex') });
    const common = { at: '2026-01-02T00:00:00.000Z', reason: 'bad_crc', origin: ORIGIN };
    expect(entries(fs)).toMatchObject([
      { ...common, position: 7, length: 12, utf8: 'no "record"\u0000' },
      { ...common, position: 90, length: 3, hex: 'fffe00' },
    ]);
  });

  test('keeps the same bytes of the same place once, in every life, and other bytes too', async () => {
    const fs = await disk();
    expect(await on(fs).putAll([entry(1), entry(2), entry(1)])).toBe(2);
    const later = on(fs);
    expect(await later.put(entry(1))).toBe(false);
    expect(await later.put(entry(3))).toBe(true);
    expect(await later.put(entry(1, 'another'))).toBe(true);
    expect(entries(fs).length).toBe(4);
  });

  test('keeps origins apart, whatever they are named', async () => {
    const fs = await disk();
    const names = ['bench-1:a/b', 'bench-1:a_b', 'x'.repeat(300), ORIGIN];
    await on(fs).putAll(names.map((origin) => entry(1, 'bad', origin)));
    expect(fs.paths()).toEqual(names.map((name) => `${DIR}/${quarantineFileName(name)}`).sort());
    expect(new Set(names.map(quarantineFileName)).size).toBe(names.length);
  });

  test('knows more origins than it remembers', async () => {
    const fs = await disk();
    const quarantine = on(fs);
    const each = Array.from({ length: 40 }, (_, i) => entry(1, 'bad', `origin-${i}`));
    expect(await quarantine.putAll(each)).toBe(40);
    expect(await quarantine.putAll(each)).toBe(0);
  });

  test('goes on after an entry that a crash tore', async () => {
    const fs = await disk();
    await on(fs).putAll([entry(1), entry(2)]);
    const whole = fs.content(PATH) ?? Buffer.alloc(0);
    const file = await fs.open(PATH, 'r+');
    await file.truncate(whole.length - 5);
    expect(await on(fs).putAll([entry(1), entry(2), entry(3)])).toBe(2);
    expect(entries(fs)).toMatchObject([{ position: 1 }, { position: 2 }, { position: 3 }]);
  });

  test('does not glue the next entry to one that the disk had no room for', async () => {
    const fs = await disk();
    const quarantine = on(fs);
    await quarantine.put(entry(1));
    fs.room = 10;
    await expect(quarantine.put(entry(2))).rejects.toMatchObject({ code: 'buffer_unwritable' });
    fs.room = Infinity;
    expect(await quarantine.put(entry(2))).toBe(true);
    expect(entries(fs)).toMatchObject([{ position: 1 }, { position: 2 }]);
  });

  test('syncs what it finds before it says that it is there', async () => {
    const fs = await disk();
    const failing = (call: string): void => {
      if (call.startsWith('sync ')) throw failure('EIO', call);
    };
    fs.intercept = failing;
    const first = on(fs);
    await expect(first.put(entry(1))).rejects.toMatchObject({ code: 'sync_failed' });
    fs.intercept = () => undefined;
    // The file holds the entry now, but the sync that failed has let go of it.
    await expect(first.put(entry(1))).rejects.toMatchObject({ code: 'sync_failed' });
    fs.calls.length = 0;
    expect(await on(fs).put(entry(1))).toBe(false);
    expect(fs.calls).toEqual([
      'mkdir /captures/quarantine',
      'syncdir /captures',
      `open a+ ${PATH}`,
      `sync ${PATH}`,
      `syncdir ${DIR}`,
    ]);
  });

  test('copies a stretch of a file, however long, and its zeros as their number', async () => {
    const fs = await disk();
    const text = Buffer.alloc(40_000, 'x');
    const file = await fs.open('/captures/torn', 'wx+');
    const bytes = Buffer.concat([Buffer.from('whole\n'), text, Buffer.alloc(200_000)]);
    await file.write(bytes, 0, bytes.length, 0);
    const range = {
      reason: 'torn',
      origin: ORIGIN,
      path: '/captures/torn',
      offset: 6,
      end: bytes.length,
    };
    const quarantine = on(fs);
    expect(await quarantine.putRange(range)).toBe(3);
    expect(await quarantine.putRange(range)).toBe(0);
    expect(entries(fs)).toMatchObject([
      { position: 6, length: 32_768, utf8: 'x'.repeat(32_768) },
      { position: 32_774, length: 32_768 },
      { position: 65_542, length: bytes.length - 65_542, crc: 'zeros' },
    ]);
  });
});

test('what was put survives a power cut at any call', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(5), fc.nat(2)), { minLength: 1, maxLength: 12 }),
      fc.nat(60),
      fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      async (puts, cutAt, outcomes) => {
        const fs = await disk();
        fs.calls.length = 0;
        fs.intercept = (_, number) => {
          if (number >= cutAt) throw failure('EIO', 'the power is gone');
        };
        const kept: { position: number; origin: string }[] = [];
        let quarantine = on(fs);
        for (const [position, origin] of puts) {
          // Position 0 stands for a life that ended and another that went on.
          if (position === 0) quarantine = on(fs);
          const put = entry(position, 'bad', `origin-${origin}`);
          if (
            await quarantine.put(put).then(
              () => true,
              () => false,
            )
          )
            kept.push(put);
        }
        let next = 0;
        const left = fs.afterPowerCut((n) => (outcomes[next++ % outcomes.length] ?? 0) % n);
        for (const { position, origin } of kept) {
          const found = entries(left, `${DIR}/${origin}.jsonl`);
          expect(found).toContainEqual(expect.objectContaining({ position, origin }));
        }
      },
    ),
    { numRuns: 150 },
  );
});
