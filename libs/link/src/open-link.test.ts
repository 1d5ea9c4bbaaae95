import { expect, test } from 'vitest';
import { OwnedTime } from './testing/owned-time.js';
import { LINE } from './testing/line.js';
import { linkTo } from './open-link.js';

const open = (port: string) =>
  linkTo(port, new OwnedTime())(LINE, { data: () => undefined, lost: () => undefined });

test.each([
  ['/dev/none', 'port_missing'],
  ['tcp://127.0.0.1:1', 'host_unreachable'],
  ['tcp://[::1]:1', 'host_unreachable'],
])('%s: %s', async (port, code) => {
  await expect(open(port)).rejects.toMatchObject({ code });
});

test('the emulated meter is looked for where it offers itself', async () => {
  const missing = open('emulator');
  await expect(missing).rejects.toMatchObject({ code: 'port_missing' });
  await expect(missing).rejects.toThrow('data/demo/meter');
});

test('a serial server needs a host and a port', () => {
  for (const port of ['tcp://', 'tcp://host', 'tcp://host:', 'tcp://host:99999', 'tcp://host:x']) {
    expect(() => linkTo(port, new OwnedTime())).toThrow(
      expect.objectContaining({ code: 'host_unreachable' }),
    );
  }
});
