import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findChromium } from './find-chromium.js';

function directoryWith(...programs: string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'chromium-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  for (const name of programs) {
    writeFileSync(join(dir, name), '#!/bin/sh\n');
    chmodSync(join(dir, name), 0o755);
  }
  return dir;
}

test('a chromium is found on the path, whichever of its names it has', () => {
  const dir = directoryWith('chromium-browser');
  expect(findChromium([directoryWith(), dir].join(delimiter))).toBe(join(dir, 'chromium-browser'));
});

test('a file that nobody may run is none', () => {
  const dir = directoryWith();
  writeFileSync(join(dir, 'chromium'), 'text');
  expect(findChromium(dir)).toBeUndefined();
});
