import { expect, test } from 'vitest';
import { countedCalls } from './call-counts.js';

test('adds up the calls of all names, and not their total', () => {
  const summary = [
    '% time     seconds  usecs/call     calls    errors syscall',
    '------ ----------- ----------- --------- --------- ----------------',
    ' 90.12    0.071234         284       250           fdatasync',
    '  9.88    0.000123          61         2         1 fsync',
    '------ ----------- ----------- --------- --------- ----------------',
    '100.00    0.071357         283       252         1 total',
    '',
  ].join('\n');
  expect(countedCalls(summary)).toBe(252);
});

test('a process that made none of the calls counts none', () => {
  expect(countedCalls('')).toBe(0);
});
