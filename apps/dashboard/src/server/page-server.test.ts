import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { silentLog } from '@elmetron/protocol';
import { expect, it, onTestFinished, vi } from 'vitest';
import { madeApp } from '../testing/made-app.js';
import { PageServer } from './page-server.js';

async function other(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

async function started(port: number, host = '127.0.0.1') {
  const said: string[] = [];
  const say = (_: object, message: string) => said.push(message);
  const page = await PageServer.start({
    host,
    port,
    make: async () => (await madeApp({ settings: { port } })).app,
    log: { ...silentLog, info: say, warn: say },
    retryMs: 20,
  });
  onTestFinished(() => page.close());
  return { page, said };
}

const health = async (port: number) => (await fetch(`http://127.0.0.1:${port}/health`)).status;

it('waits for a port that another program has, and says so once', async () => {
  const { server, port } = await other();
  const { page, said } = await started(port);
  expect(page.app).toBeUndefined();
  expect(said).toEqual([expect.stringContaining('another program uses the port')]);
  server.close();
  await vi.waitFor(async () => {
    expect(await health(port)).toBe(200);
  }, 10_000);
  expect(said).toHaveLength(2);
  await page.close();
  await expect(health(port)).rejects.toThrow();
});

it('closed while it waits, it does not come back', async () => {
  const { server, port } = await other();
  const { page } = await started(port);
  await page.close();
  server.close();
  await once(server, 'close');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(health(port)).rejects.toThrow();
});

it('an address that is none of this computer is an error that says what to do', async () => {
  const { server, port } = await other();
  server.close();
  await expect(started(port, '192.0.2.1')).rejects.toMatchObject({
    code: 'address_unusable',
    message: expect.stringContaining('dashboard.host'),
  });
});
