import { expect, it } from 'vitest';
import { pairs, table } from './table.js';

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
