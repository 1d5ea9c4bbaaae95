import { describe, expect, test } from 'vitest';
import { compare, parseAccount } from './account.js';
import type { MeasurementRow } from './database.js';

const row = (hex: string): MeasurementRow =>
  ({ raw_frame: Buffer.from(hex, 'hex') }) as Partial<MeasurementRow> as MeasurementRow;
const sent = (...frames: string[]) => frames.map((frame) => ({ frame, whole: true }));

describe('parseAccount', () => {
  test('the last word on a frame counts, and a new life of the meter counts from 1 again', () => {
    const lines = [
      { event: 'start' },
      { event: 'frame', n: 1, boot_us: 1, frame: 'aa' },
      { event: 'sent', n: 1 },
      { event: 'frame', n: 2, boot_us: 2, frame: 'bb' },
      { event: 'sent', n: 2 },
      { event: 'cut', n: 2 },
      { event: 'frame', n: 3, boot_us: 3, frame: 'cc' },
      { event: 'start' },
      { event: 'frame', n: 1, boot_us: 4, frame: 'dd' },
      { event: 'sent', n: 1 },
    ];
    const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"event":"fra`;
    expect(parseAccount(text)).toEqual([
      { frame: 'aa', whole: true, bootUs: 1 },
      { frame: 'bb', whole: false, bootUs: 2 },
      { frame: 'cc', whole: false, bootUs: 3 },
      { frame: 'dd', whole: true, bootUs: 4 },
    ]);
  });
});

describe('compare', () => {
  test.each([
    ['all there', ['aa', 'aa', 'bb'], { missing: 0, surplus: 0 }],
    ['one of two alike missing', ['aa', 'bb'], { missing: 1, surplus: 0 }],
    ['one doubled', ['aa', 'aa', 'aa', 'bb'], { missing: 0, surplus: 1 }],
    ['one invented', ['aa', 'aa', 'cc', 'bb'], { missing: 0, surplus: 1 }],
    ['out of order', ['bb', 'aa', 'aa'], { missing: 2, surplus: 2 }],
    ['nothing', [], { missing: 3, surplus: 0 }],
  ])('%s', (_, stored, expected) => {
    expect(compare(sent('aa', 'aa', 'bb'), stored.map(row))).toMatchObject(expected);
  });

  test('a frame that the line cut short need not be there, but may not be invented', () => {
    const account = [{ frame: 'aa', whole: false }];
    expect(compare(account, [])).toMatchObject({ missing: 0, surplus: 0 });
    expect(compare(account, [row('aa')])).toMatchObject({ surplus: 1 });
  });
});
