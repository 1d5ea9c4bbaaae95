import { expect, it } from 'vitest';
import { count, duration, size } from './quantities.js';

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
