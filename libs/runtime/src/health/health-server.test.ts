import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLog, systemClock, type Log } from '@elmetron/protocol';
import { Health } from './health.js';
import { HealthServer } from './health-server.js';

const health = new Health({ log: silentLog, clock: systemClock });
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
});

async function freePort(): Promise<number> {
  const { server, port } = await busyPort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function busyPort() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function page(log: Log = silentLog) {
  const server = await HealthServer.start({ port: await freePort(), health, log });
  cleanup.push(() => server.close());
  return { server, port: server.port! };
}

function ask(port: number, options: { host?: string; method?: string; path?: string } = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { host = `127.0.0.1:${port}`, method = 'GET', path = '/health' } = options;
    const asked = request(
      { port, host: '127.0.0.1', method, path, headers: { host } },
      (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    );
    asked.on('error', reject).end();
  });
}

describe('the health page', () => {
  it('gives the report as it is at that moment', async () => {
    const { port } = await page();
    health.figures = () => ({ frames: 7 });
    expect(JSON.parse((await ask(port)).body)).toEqual({ frames: 7, status: 'ok', reasons: [] });
    health.raise('meter_silent', 'The meter is silent');
    const { status, body } = await ask(port, { host: `LOCALHOST:${port}`, path: '/health?x=1' });
    health.clear('meter_silent');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      status: 'degraded',
      reasons: [{ code: 'meter_silent' }],
    });
  });

  it('gives the metrics, of any process those of its health', async () => {
    const { port } = await page();
    health.processMetrics = () => [
      { name: 'elmetron_polls_total', help: 'Polls.', type: 'counter', samples: [{ value: 9 }] },
    ];
    health.raise('meter_silent', 'The meter is silent');
    const { status, body } = await ask(port, { path: '/metrics' });
    health.clear('meter_silent');
    health.processMetrics = () => [];
    expect(status).toBe(200);
    const lines = body.split('\n');
    expect(lines).toContain('elmetron_status{status="degraded"} 1');
    expect(lines).toContain('elmetron_status{status="ok"} 0');
    expect(lines).toContain('elmetron_reason{code="meter_silent",level="degraded",about=""} 1');
    expect(lines).toContain('elmetron_polls_total 9');
  });

  it.each([
    [403, { host: 'evil.example' }],
    [403, { host: 'evil.example', path: '/metrics' }],
    [403, { host: '127.0.0.1.evil.example' }],
    [403, { host: 'evil.example:8051' }],
    [403, { host: 'evil.localhost' }],
    [403, { host: 'evil.example,127.0.0.1' }],
    [405, { method: 'POST' }],
    [405, { method: 'DELETE' }],
    [404, { path: '/' }],
    [404, { path: '/health/more' }],
  ])('answers %i to %j', async (status, asked) => {
    const { port } = await page();
    expect((await ask(port, asked)).status).toBe(status);
  });

  it('survives figures that throw', async () => {
    const { port } = await page();
    health.figures = () => {
      throw new Error('no figures');
    };
    expect((await ask(port)).status).toBe(500);
    health.figures = () => ({});
    expect((await ask(port)).status).toBe(200);
  });

  it('lets go of whoever holds a connection, and answers others', async () => {
    const port = await freePort();
    const server = await HealthServer.start({ port, health, log: silentLog, slowMs: 50 });
    cleanup.push(() => server.close());
    const held = connect(port, '127.0.0.1');
    cleanup.push(() => held.destroy());
    held.on('error', () => {});
    const ended = new Promise((resolve) => held.on('close', resolve));
    // Not silent, and never whole.
    held.write('GET /health HTTP/1.1\r\n');
    const drip = setInterval(() => held.write('x'), 10);
    cleanup.push(() => clearInterval(drip));
    await ended;
    expect((await ask(port)).status).toBe(200);
  });

  it('is closed even while someone holds a connection', async () => {
    const { server, port } = await page();
    const held = connect(port, '127.0.0.1');
    cleanup.push(() => held.destroy());
    held.on('error', () => {});
    await new Promise((resolve) => held.on('connect', resolve));
    await server.close();
    expect(server.port).toBeUndefined();
  });

  it('is off at port 0', async () => {
    const server = await HealthServer.start({ port: 0, health, log: silentLog });
    expect(server.port).toBeUndefined();
    await server.close();
  });

  it('warns once of a busy port, and comes up when the port is free', async () => {
    const { server: other, port } = await busyPort();
    let warnings = 0;
    const log = { ...silentLog, warn: () => (warnings += 1) };
    const server = await HealthServer.start({ port, health, log, retryMs: 5 });
    cleanup.push(() => server.close());
    expect(server.port).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(warnings).toBe(1);
    await new Promise((resolve) => other.close(resolve));
    await expect.poll(() => server.port).toBe(port);
    expect((await ask(port)).status).toBe(200);
  });

  it('that is closed while its port is busy does not try again', async () => {
    const { server: other, port } = await busyPort();
    const server = await HealthServer.start({ port, health, log: silentLog, retryMs: 5 });
    await server.close();
    await new Promise((resolve) => other.close(resolve));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.port).toBeUndefined();
  });
});
