import { expect, test } from 'vitest';
import type { Picture } from './picture.js';
import { readingText, summaryText } from './words.js';

const line = {
  key: 'value:pH',
  label: 'pH',
  unit: 'pH',
  decimals: 2,
  columns: { at: [0, 1000, 2000], low: [7, null, 6.9], high: [7, null, 7.1] },
  look: 0,
  side: 'left',
} as const;

const picture = {
  from: 0,
  to: 60_000,
  lines: [{ ...line, columns: structuredClone(line.columns) as never }],
  marks: [],
  stretches: [],
  origin: 'real',
  elapsed: true,
} satisfies Picture;

test('a curve in words: from when to when, how low, how high, and its gaps', () => {
  expect(summaryText(picture)).toBe(
    'Curve from 0:00 to 1:00 after the start. pH: lowest 6.90, highest 7.10, last 7.10 pH, 1 gap.',
  );
});

test('what is emulated, or may be, is said first', () => {
  expect(summaryText({ ...picture, origin: 'emulated' })).toMatch(/^EMULATED, not a real meter\. /);
  expect(summaryText({ ...picture, origin: 'unknown' })).toMatch(
    /^MAY BE EMULATED, not known whether this is a real meter\. /,
  );
});

test('a point is its value, or what it lies between', () => {
  const at = { line: picture.lines[0]!, at: 0 };
  expect(readingText({ ...at, low: 7, high: 7 })).toBe('7.00 pH');
  expect(readingText({ ...at, low: 6.9, high: 7.1 })).toBe('6.90 to 7.10 pH');
});
