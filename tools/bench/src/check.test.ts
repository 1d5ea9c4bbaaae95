import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CHECKED_MEASUREMENTS, compare, readRatios, storeRatios, TOLERANCE } from './check.js';
import { measurements } from './measurements/index.js';
import { targets, type Judged } from './targets.js';

/** What a bench has found, by the names of targets. */
function found(values: Readonly<Record<string, number | undefined>>): Judged[] {
  return targets.map((target) => ({ target, value: values[target.name], met: undefined }));
}

function verdict(name: string, stored: number, now: number | undefined): boolean | undefined {
  return compare(found({ [name]: now }), { [name]: stored }).find((one) => one.name === name)
    ?.worse;
}

test('a ratio that is to be large is worse when it is smaller', () => {
  const name = 'end_to_end_to_base_line';
  expect(verdict(name, 20, 20 * (1 - TOLERANCE) + 0.01)).toBe(false);
  expect(verdict(name, 20, 20 * (1 - TOLERANCE) - 0.01)).toBe(true);
  expect(verdict(name, 20, 60)).toBe(false);
});

test('a figure that is to be small is worse when it is larger', () => {
  const name = 'database_bytes';
  expect(verdict(name, 200, 200 * (1 + TOLERANCE) - 0.1)).toBe(false);
  expect(verdict(name, 200, 200 * (1 + TOLERANCE) + 0.1)).toBe(true);
  expect(verdict(name, 200, 20)).toBe(false);
});

test('what was stored and is not measured any more is a failure; what is new is not', () => {
  expect(verdict('recovery_to_base_line', 25, undefined)).toBe(true);
  expect(compare(found({ recovery_to_base_line: 30 }), {})).toContainEqual(
    expect.objectContaining({ name: 'recovery_to_base_line', stored: undefined, worse: false }),
  );
});

test('what is stored is read again', () => {
  const dir = mkdtempSync(join(tmpdir(), 'elmetron-ratios-'));
  try {
    const path = join(dir, 'ratios.json');
    storeRatios(path, found({ end_to_end_to_base_line: 7.123456, database_bytes: undefined }));
    expect(readRatios(path)).toEqual({ end_to_end_to_base_line: 7.123 });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('the ratios that are stored here are those that a check measures', () => {
  const stored = readRatios(fileURLToPath(new URL('../ratios.json', import.meta.url)));
  const compared = compare(found({}), {}).map(({ name }) => name);
  expect(Object.keys(stored).sort()).toEqual([...compared].sort());
  const names = measurements.map(({ name }) => name);
  expect(CHECKED_MEASUREMENTS.filter((name) => !names.includes(name))).toEqual([]);
});
