import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serialFailure } from './serial-failure.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'serial-failure-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('the binding’s sentence becomes a code', () => {
  test.each([
    ['linux', 'Error: No such file or directory, cannot open /dev/ttyUSB0', 'port_missing'],
    ['linux', 'Error: Permission denied, cannot open /dev/ttyUSB0', 'port_forbidden'],
    ['linux', 'Error Resource temporarily unavailable Cannot lock port', 'port_busy'],
    ['linux', 'Error: Device or resource busy, cannot open /dev/ttyUSB0', 'port_busy'],
    ['linux', 'Error: Is a directory, cannot open /dev', 'port_unsuitable'],
    ['linux', 'Error: Inappropriate ioctl for device setting custom baud rate', 'port_unsuitable'],
    ['darwin', 'Error: Resource busy, cannot open /dev/tty.usbserial', 'port_busy'],
    ['win32', 'Opening COM3: File not found', 'port_missing'],
    ['win32', 'Opening COM3: Access denied', 'port_busy'],
  ] as const)('%s: %s', async (platform, said, code) => {
    const error = await serialFailure('/dev/none', new Error(said), platform, '/dev/none');
    expect(error.code).toBe(code);
  });
});

test('without permission, the group to join is named', async () => {
  const port = join(dir, 'port');
  const groups = join(dir, 'group');
  await writeFile(port, '');
  const { gid } = await stat(port);
  await writeFile(groups, `other:x:77:\nmeters:x:${gid}:somebody\n`);
  const error = await serialFailure(port, new Error('Error: Permission denied'), 'linux', groups);
  expect(error).toMatchObject({ code: 'port_forbidden' });
  expect(error.message).toContain('meters');
});
