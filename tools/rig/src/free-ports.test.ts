import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { freePorts } from './free-ports.js';

/** Draws these, one after the other. */
function drawing(...ports: number[]): () => number {
  return () => ports.shift() ?? NaN;
}

test('a port is given once, although nobody listens there yet', async () => {
  const [one = 0, other = 0] = await unreserved(2);
  expect(await freePorts(1, drawing(one))).toEqual([one]);
  expect(await freePorts(1, drawing(one, other))).toEqual([other]);
});

test('a port at which somebody listens is not given', async () => {
  const [free = 0] = await unreserved(1);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await freePorts(1, drawing(port, free))).toEqual([free]);
  server.close();
});

/** Ports that the kernel says are free, and nobody has asked for. */
async function unreserved(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
