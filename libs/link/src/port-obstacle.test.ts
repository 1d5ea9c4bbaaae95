import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { portObstacle } from './port-obstacle.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-port-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const codeOf = async (path: string) => (await portObstacle(path))?.code;

it('a port that is not there, something that is no port, and one that nothing keeps from', async () => {
  expect(await codeOf(join(dir, 'ttyUSB0'))).toBe('port_missing');
  writeFileSync(join(dir, 'file'), '');
  expect(await codeOf(join(dir, 'file'))).toBe('port_unsuitable');
  symlinkSync('/dev/null', join(dir, 'device'));
  expect(await codeOf(join(dir, 'device'))).toBeUndefined();
});
