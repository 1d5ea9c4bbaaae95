import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { OwnedTime } from './testing/owned-time.js';
import type { LinkError } from './link-error.js';
import { openTcpLink } from './tcp-link.js';

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  const closing = server;
  server = undefined;
  if (closing?.listening === true) {
    await new Promise((resolve) => closing.close(resolve));
  }
});

async function serialServer(): Promise<number> {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function connection(port: number) {
  const time = new OwnedTime();
  const heard: Buffer[] = [];
  const lost: LinkError[] = [];
  const link = await openTcpLink(
    { host: '127.0.0.1', port, timers: time },
    { data: (chunk) => heard.push(chunk), lost: (error) => lost.push(error) },
  );
  await expect.poll(() => sockets.length).toBeGreaterThan(0);
  const [peer] = sockets;
  if (peer === undefined) throw new Error('nobody connected');
  return { time, link, heard, lost, peer };
}

test('bytes go both ways as they are', async () => {
  const { link, peer, heard } = await connection(await serialServer());
  const asked: Buffer[] = [];
  peer.on('data', (chunk) => asked.push(chunk));
  expect(link.write(Buffer.from([1, 0xff, 3]))).toBe(true);
  peer.write(Buffer.from([0x0d, 0x0a, 0xa0, 0x00]));
  await expect.poll(() => Buffer.concat(asked).toString('hex')).toBe('01ff03');
  await expect.poll(() => Buffer.concat(heard).toString('hex')).toBe('0d0aa000');
  expect(link.port).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
  await link.close();
});

test('a server that hangs up is a lost link, once', async () => {
  const { peer, lost, link } = await connection(await serialServer());
  peer.destroy();
  await expect.poll(() => lost.map(({ code }) => code)).toEqual(['link_lost']);
  expect(link.write(Buffer.from('x'))).toBe(false);
});

test('closed by ourselves it reports nothing', async () => {
  const { peer, lost, link } = await connection(await serialServer());
  const gone = once(peer, 'close');
  await link.close();
  await gone;
  expect(lost).toEqual([]);
});

test('a connection over which nothing comes is given up; one that talks is not', async () => {
  const { time, peer, lost, heard } = await connection(await serialServer());
  await time.advance(29_000);
  peer.write('x');
  await expect.poll(() => heard.length).toBe(1);
  await time.advance(30_000);
  expect(lost).toEqual([]);
  await time.advance(31_000);
  expect(lost.map(({ code }) => code)).toEqual(['peer_silent']);
});

test('nobody there', async () => {
  const port = await serialServer();
  await new Promise((resolve) => server?.close(resolve));
  await expect(connection(port)).rejects.toMatchObject({ code: 'host_unreachable' });
});

test('somebody who never answers the call', async () => {
  const time = new OwnedTime();
  // Reserved for documentation: nobody has it.
  const opening = openTcpLink(
    { host: '192.0.2.1', port: 4001, timers: time },
    { data: () => undefined, lost: () => undefined },
  );
  const failed = expect(opening).rejects.toMatchObject({ code: 'host_unreachable' });
  await time.advance(5000);
  await failed;
});
