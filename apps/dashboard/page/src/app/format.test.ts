import { describe, expect, test } from 'vitest';
import {
  bytesText,
  deviationText,
  countText,
  durationText,
  elapsedText,
  quantityText,
  stepText,
  valueText,
} from './format.js';

describe('numbers', () => {
  test('a value is shown with the decimals asked for, and never with separators', () => {
    expect(valueText(7.1, 2)).toBe('7.10');
    expect(valueText(-1234567.5, 1)).toBe('-1234567.5');
    expect(valueText(-0.001, 2)).toBe('0.00');
    expect(valueText(0, 3)).toBe('0.000');
    expect(valueText(null, 2)).toBe('—');
    expect(quantityText(null, 'pH', 2)).toBe('unreadable pH');
    expect(quantityText(25, '', 1)).toBe('25.0');
  });

  test('a standard deviation is said as finely as it takes', () => {
    expect(deviationText(0.123456, 2)).toBe('0.123');
    expect(deviationText(0.0004, 1)).toBe('0.00040');
    expect(deviationText(12.345, 0)).toBe('12.3');
    expect(deviationText(0, 2)).toBe('0.000');
    expect(deviationText(null, 2)).toBe('—');
  });

  test('counts and bytes', () => {
    expect(countText(999)).toBe('999');
    expect(countText(2000000)).toBe('2\u202f000\u202f000');
    expect(bytesText(0)).toBe('0 B');
    expect(bytesText(999)).toBe('999 B');
    expect(bytesText(1536)).toBe('1.5 kB');
    expect(bytesText(999_960)).toBe('1.0 MB');
    expect(bytesText(1_073_741_824)).toBe('1.1 GB');
    expect(bytesText(250e9)).toBe('250 GB');
  });
});

describe('lengths of time', () => {
  test.each([
    [0, '0 s'],
    [-500, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [11_400_000, '3 h 10 min'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  test('a step is said as exactly as it is', () => {
    expect(stepText(500)).toBe('0.5 s');
    expect(stepText(57_600)).toBe('58 s');
  });

  test.each([
    [0, false, '0:00'],
    [5_250, true, '0:05.250'],
    [754_000, false, '12:34'],
    [3_723_000, false, '1:02:03'],
    [176_523_000, false, '2 d 01:02:03'],
    [-61_000, false, '-1:01'],
  ])('elapsed %d ms', (ms, fine, text) => {
    expect(elapsedText(ms, fine)).toBe(text);
  });
});
