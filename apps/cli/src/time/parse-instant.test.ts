import { describe, expect, it } from 'vitest';
import { parseAge, parseInstant } from './parse-instant.js';

const NOW = Date.UTC(2026, 10, 27, 12);
const parse = (text: string) => parseInstant(text, '--since', NOW);

describe('a point in time', () => {
  it.each([
    ['2026-11-27', new Date(2026, 10, 27).getTime()],
    ['2026-11-27T14:30', new Date(2026, 10, 27, 14, 30).getTime()],
    ['2026-11-27 14:30:05', new Date(2026, 10, 27, 14, 30, 5).getTime()],
    ['2026-11-27T14:30:05.5Z', Date.UTC(2026, 10, 27, 14, 30, 5, 500)],
    ['2026-11-27T14:30+01:00', Date.UTC(2026, 10, 27, 13, 30)],
    ['2026-11-27T14:30+0100', Date.UTC(2026, 10, 27, 13, 30)],
    ['2h', NOW - 7_200_000],
    ['1.5h', NOW - 5_400_000],
    ['7d', NOW - 604_800_000],
    ['now', NOW],
  ])('%s', (text, instant) => {
    expect(parse(text)).toBe(instant);
  });

  it.each([
    '',
    'tomorrow',
    '2026-13-01',
    '2026-02-30',
    '2026-11-27T25:00',
    '27.11.2026',
    '5',
    '5y',
    '99999999999d',
    '9999999d',
    '9999-12-31T23:59-12:00',
    '0000-01-01T00:00+01:00',
  ])('not %s', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

it('an age is a number and a letter', () => {
  expect(parseAge('90m')).toBe(5_400_000);
  expect(parseAge('m')).toBeUndefined();
});
