/** What is built runs in plain Node: each package by its name, each process by its file. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from './project.mjs';

const run = promisify(execFile);
const node = (...args: string[]) => run(process.execPath, args, { cwd: ROOT });

test.each([
  ['@elmetron/protocol', 'libs/protocol/dist/index.js'],
  ['@elmetron/storage', 'libs/storage/dist/index.js'],
  ['@elmetron/runtime', 'libs/runtime/dist/index.js'],
  ['@elmetron/link', 'libs/link/dist/index.js'],
  ['@elmetron/report', 'libs/report/dist/index.js'],
  ['@elmetron/meter', 'tools/meter/dist/index.js'],
  ['@elmetron/rig', 'tools/rig/dist/index.js'],
])(
  '%s is imported from %s',
  async (name, file) => {
    const script = `await import('${name}'); console.log(import.meta.resolve('${name}'));`;
    const { stdout, stderr } = await node('--input-type=module', '--eval', script);
    expect(stdout.trim()).toBe(pathToFileURL(join(ROOT, file)).href);
    expect(stderr).toBe('');
  },
  20_000,
);

test.each([
  'apps/acquisition',
  'apps/writer',
  'apps/recovery',
  'apps/cli',
  'apps/dashboard',
  'tools/meter',
  'tools/chaos',
  'tools/bench',
])(
  '%s runs',
  async (folder) => {
    const { stdout } = await node(join(folder, 'dist/main.js'), '--help');
    expect(stdout).toContain('Usage');
  },
  20_000,
);
