/** Hostile visitors of the health pages: capture goes on, and the page is there again when they tire. */
import { expect } from 'vitest';
import {
  eventually,
  healthPage,
  PATIENCE_MS,
  RawConnection,
  type Bench,
  type Run,
} from '@elmetron/rig';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';
import { capturesOn, Watched } from './unharmed.js';

test('huge headers, nonsense, floods, and connections that are held', async ({ open }) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 5);
  const watched = [Watched.from(writer), Watched.from(acquisition)];
  const ports = [bench.ports.writer, bench.ports.acquisition];
  const held = await Promise.all(ports.map((port) => attack(port)));
  await capturesOn(bench);
  for (const each of watched) each.unharmed({ mib: 64, logLines: 10 });
  // Whoever holds connections holds them for a few seconds; then the page answers again.
  for (const port of ports) await answersAgain(bench, port, [writer, acquisition]);
  for (const connection of held.flat()) connection.close();
  await capturesOn(bench);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});

async function attack(port: number): Promise<RawConnection[]> {
  const once = [
    `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(10_000_000)}\r\n\r\n`,
    `GET /${'x'.repeat(1_000_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    `GET /health HTTP/1.1\r\n${'X: y\r\n'.repeat(100_000)}\r\n`,
    'POST /health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n',
    'POST /health HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
    '\0\0\0\0',
    'GET /health HTTP/9.9\r\n\r\n',
    'GET /../../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  ];
  for (const request of once) {
    const connection = await RawConnection.open(port);
    await connection.send(request, 500);
    connection.close();
  }
  // Many at once, and all whole.
  await Promise.all(
    Array.from({ length: 300 }, () =>
      healthPage(port).then(
        () => undefined,
        () => undefined,
      ),
    ),
  );
  // Some say nothing, some never come to an end: more of them than are let in.
  return await Promise.all(
    Array.from({ length: 100 }, async (_, n) => {
      const connection = await RawConnection.open(port);
      if (n % 2 === 0) await connection.send('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ');
      return connection;
    }),
  );
}

async function answersAgain(bench: Bench, port: number, runs: readonly Run[]): Promise<void> {
  await eventually(
    `the page on ${String(port)} to answer again`,
    () =>
      healthPage(port, 1_000).then(
        () => true,
        () => false,
      ),
    PATIENCE_MS,
    () => `${bench.dir}\n${runs.map((run) => run.tail()).join('\n--\n')}`,
  );
}
