import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { claim } from './single-start.mjs';

const dir = mkdtempSync(join(tmpdir(), 'elmetron-claim-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

test('one has it; another gets it when it is given back', async () => {
  const path = join(dir, 'one.sock');
  const release = await claim(path);
  expect(release).toBeDefined();
  expect(await claim(path)).toBeUndefined();
  release?.();
  const next = await claim(path);
  expect(next).toBeDefined();
  next?.();
});

test('what a killed process left is nobody’s', async () => {
  const path = join(dir, 'two.sock');
  writeFileSync(path, '');
  const release = await claim(path);
  expect(release).toBeDefined();
  release?.();
});
