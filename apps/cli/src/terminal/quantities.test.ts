import { expect, it } from 'vitest';
import { count, duration, size } from './quantities.js';
import { pairs, table } from './table.js';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [123_456, '123 kB'],
  [999_600, '1.0 MB'],
  [83_586_220_032, '83.6 GB'],
])('%d bytes: %s', (bytes, said) => {
  expect(size(bytes)).toBe(said);
});

it.each([
  [-5, '0.0 s'],
  [840, '0.8 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_725_000, '1 h 2 min'],
  [273_600_000, '3 d 4 h'],
])('%d ms: %s', (ms, said) => {
  expect(duration(ms)).toBe(said);
});

it('thousands are set apart', () => {
  expect(count(1_234_567)).toBe('1,234,567');
});

it('a table is as wide as its cells, colours not counted', () => {
  const rows = [
    { unit: 'µS/cm', n: '7' },
    { unit: '\u001b[31mpH\u001b[39m', n: '1,234' },
  ];
  expect(
    table(
      [
        { title: 'UNIT', of: ({ unit }: (typeof rows)[0]) => unit },
        { title: 'N', of: ({ n }) => n, right: true },
      ],
      rows,
    ),
  ).toEqual(['UNIT       N', 'µS/cm      7', '\u001b[31mpH\u001b[39m     1,234']);
  expect(
    pairs([
      ['a', '1'],
      ['bcd', ''],
    ]),
  ).toEqual(['a    1', 'bcd']);
});
