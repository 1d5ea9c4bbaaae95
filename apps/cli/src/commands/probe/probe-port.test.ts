import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MadeBench } from '../../testing/made-bench.js';
import { elmetron } from '../../testing/run-program.js';

let serialServer: Server;
let health: HttpServer;
let bench: MadeBench;
let connections: number;
let reads: string;
let link: string;

const portOf = (server: Server | HttpServer) => (server.address() as AddressInfo).port;

beforeEach(async () => {
  connections = 0;
  link = 'open';
  serialServer = createServer((socket) => {
    connections++;
    socket.end();
  }).listen(0, '127.0.0.1');
  health = createHttpServer((_, response) => {
    response.end(JSON.stringify({ status: 'ok', reasons: [], link, port: reads }));
  }).listen(0, '127.0.0.1');
  await Promise.all([once(serialServer, 'listening'), once(health, 'listening')]);
  reads = `tcp://127.0.0.1:${portOf(serialServer)}`;
  bench = new MadeBench(`[monitoring]\nacquisition_port = ${portOf(health)}`);
});
afterEach(() => {
  bench.remove();
  serialServer.close();
  health.close();
});

const probe = () =>
  elmetron(['probe', `tcp://127.0.0.1:${portOf(serialServer)}`, '-c', bench.config]);

it('a serial server is not asked while acquisition reads it', async () => {
  const ran = await probe();
  expect(ran.code).toBe(1);
  expect(ran.err).toContain('must not be disturbed');
  expect(connections).toBe(0);
});

it('it is asked while acquisition reads another one, or none', async () => {
  reads = 'tcp://127.0.0.1:1';
  await probe();
  expect(connections).toBe(1);
  reads = `tcp://127.0.0.1:${portOf(serialServer)}`;
  link = 'closed';
  await probe();
  expect(connections).toBe(2);
});
