/** Who npm start waits for. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { siteUrl } from './health.mjs';
import { takenPorts } from './ports.mjs';
import { lateOf } from './running.mjs';

describe('is waited for', () => {
  const state = (up: boolean, ok: boolean, spare = false) => ({ name: 'x', spare, up, ok });

  it.each([
    ['what is up and well', state(true, true), false, false],
    ['what is up and not well: for some seconds', state(true, false), true, false],
    ['what is not up: as long as it takes', state(false, false), true, true],
    [
      'what can be done without, and is not up: for some seconds',
      state(false, false, true),
      true,
      false,
    ],
    ['what can be done without, and is not well', state(true, false, true), true, false],
  ])('%s', (_, of, atFirst, later) => {
    expect([lateOf([of], 500).length > 0, lateOf([of], 11_000).length > 0]).toEqual([
      atFirst,
      later,
    ]);
  });
});

/** Whether this computer has the address: not every system has all of 127. */
async function isOurs(host: string): Promise<boolean> {
  const server = createServer();
  server.listen(0, host);
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.once('listening', () => server.close(() => resolve(true)));
  });
}

test.each(['127.0.0.1', '127.0.0.2'])('a port that is taken at %s is seen', async (host) => {
  if (!(await isOurs(host))) {
    console.log(`skipped: this computer has no ${host}`);
    return;
  }
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const free = { endpoint: 'ipc://x', live_endpoint: 'ipc://y' };
  const app = {
    acquisition: free,
    monitoring: { acquisition_port: 0, writer_port: 0 },
    dashboard: { port, host },
  };
  const taken = await takenPorts(app as Parameters<typeof takenPorts>[0]);
  expect(taken.capture).toEqual([]);
  expect(taken.page).toEqual([expect.stringContaining(`port ${port} (dashboard.port)`)]);
});

test('the page is opened at', () => {
  expect(siteUrl(8050, '0.0.0.0')).toBe('http://127.0.0.1:8050/');
  expect(siteUrl(8050, '192.168.1.5')).toBe('http://192.168.1.5:8050/');
  expect(siteUrl(8050, '::1')).toBe('http://[::1]:8050/');
});
