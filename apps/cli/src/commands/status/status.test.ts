import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MadeBench } from '../../testing/made-bench.js';
import { elmetron } from '../../testing/run-program.js';

let bench: MadeBench;
const servers: Server[] = [];
beforeEach(() => {
  bench = new MadeBench();
});
afterEach(async () => {
  bench.remove();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function page(body: string): Promise<number> {
  const server = createServer((_, response) => response.end(body));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function monitored(acquisition: number, writer: number): Promise<void> {
  bench.remove();
  bench = new MadeBench(
    `[monitoring]\nacquisition_port = ${acquisition}\nwriter_port = ${writer}\n`,
  );
}

const ACQUISITION = JSON.stringify({
  status: 'ok',
  reasons: [],
  link: 'open',
  port: '/dev/ttyUSB0',
  profile: 'cx505',
  meter_model: 'CX-505',
  meter_serial: '00308/25',
  session: '0199aaaa-0000-7000-8000-000000000001',
  session_started_at: '2026-03-01T08:00:00.000Z',
  session_measurements: 7,
  readings_per_second: 1.25,
  unacknowledged: { writer: 3 },
  spool_bytes: 1000,
  emulated: false,
});
const WRITER = JSON.stringify({
  status: 'degraded',
  reasons: [
    { code: 'database_locked', level: 'degraded', message: 'Somebody holds it', since: '' },
  ],
  databases: { real: { uncommitted: 4, last_commit: null }, demo: { uncommitted: 1 } },
});

describe('status', () => {
  it('both well: exit code 0', async () => {
    await monitored(await page(ACQUISITION), await page(WRITER.replace('degraded', 'ok')));
    expect((await elmetron(['status', '-c', bench.config])).code).toBe(0);
  });

  it('says what is wrong, and counts what is not safe yet', async () => {
    await monitored(await page(ACQUISITION), await page(WRITER));
    await bench.record({ readings: [{ value: '7.01', unit: 'pH' }] });
    const ran = await elmetron(['status', '--json', '-c', bench.config]);
    expect(ran.code).toBe(1);
    expect(ran.values).toMatchObject([
      {
        ok: false,
        writer: { status: 'degraded', reasons: [{ code: 'database_locked' }] },
        meter: { serial: '00308/25', link: 'open' },
        session: { measurements: 7, open: true },
        readings_per_second: 1.25,
        lag: { unacknowledged: { writer: 3 }, uncommitted: 5 },
        databases: [{ emulated: false }],
      },
    ]);
    const { out } = await elmetron(['status', '-c', bench.config]);
    expect(out).toContain('! Somebody holds it');
    expect(out).toContain('3 not acknowledged by writer; 5 not yet in the database');
  });

  it('nothing runs: exit code 1, and what was recorded is shown all the same', async () => {
    await monitored(1, 2);
    const session = await bench.record({ readings: [{ value: '7.01', unit: 'pH' }] });
    const ran = await elmetron(['status', '-c', bench.config]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('does not run');
    expect(ran.out).toContain(session);
    expect(ran.out).toContain('7.01 pH');
  });

  it('another program on the port is no process of ours', async () => {
    await monitored(await page('<html>'), 0);
    const ran = await elmetron(['status', '--json', '-c', bench.config]);
    expect(ran.values).toMatchObject([
      { ok: false, acquisition: { status: 'unknown' }, writer: { status: 'off' } },
    ]);
  });

  it('watched, it goes on until it is interrupted, and that is no failure', async () => {
    await monitored(0, 0);
    const interrupt = new AbortController();
    const args = ['status', '--watch', '0.1', '--json', '-c', bench.config];
    const ran = await elmetron(args, {
      signal: interrupt.signal,
      seen: (out) => {
        if (out.split('\n').length > 3) interrupt.abort();
      },
    });
    expect(ran.code).toBe(0);
    expect(ran.values.length).toBeGreaterThan(2);
  });
});
