/**
 * What systemd hears of the processes, by the real systemd-notify: ready when all runs, alive as long as they
 * prove it, stopping. The other end is a datagram socket as systemd has one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import Database from 'better-sqlite3';
import { expect, onTestFinished } from 'vitest';
import { eventually, PATIENCE_MS, type Bench, type Run } from '@elmetron/rig';
import { describeUnless } from './faults.js';
import { DEMO } from './health-states.js';
import { measurements, moreMeasurements, test } from './on-a-bench.js';

/** Prints each message, and answers the barrier that systemd-notify waits for by closing what comes with it. */
const LISTENER = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    text, extra, _, _ = s.recvmsg(4096, socket.CMSG_SPACE(16))
    for level, kind, data in extra:
        if kind == socket.SCM_RIGHTS:
            fds = array.array('i'); fds.frombytes(data[:len(data) // 4 * 4])
            for fd in fds: os.close(fd)
    print(text.decode().strip().replace('\\n', ' '), flush=True)
`;

function problem(): string | undefined {
  for (const program of ['systemd-notify', 'python3'])
    if (spawnSync(program, ['--version']).status !== 0) return `there is no ${program}`;
  return undefined;
}

/** What systemd has heard so far of one process. */
async function serviceManager(
  bench: Bench,
  name: string,
): Promise<{ under: string[]; heard: string[] }> {
  const path = bench.path(`${name}.notify`);
  const listener = spawn('python3', ['-c', LISTENER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    listener.kill('SIGKILL');
    await once(listener, 'close');
  });
  const heard: string[] = [];
  let rest = '';
  listener.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    heard.push(...lines);
  });
  await eventually('the socket', () => heard.shift() === 'listening', PATIENCE_MS);
  return { under: ['env', `NOTIFY_SOCKET=${path}`, 'WATCHDOG_USEC=900000'], heard };
}

async function hears(
  heard: readonly string[],
  word: string,
  times: number,
  run: Run,
): Promise<void> {
  await eventually(
    `${word} for the ${String(times)}th time`,
    () => heard.filter((line) => line === word).length >= times,
    PATIENCE_MS,
    () => `${heard.join('\n')}\n${run.tail()}`,
  );
}

const times = (heard: readonly string[], word: string): number =>
  heard.filter((line) => line === word).length;

describeUnless(problem(), 'systemd hears', () => {
  test('of an acquisition without a meter that it is ready and alive, and of its end', async ({
    open,
  }) => {
    const bench = await open();
    const { under, heard } = await serviceManager(bench, 'acquisition');
    const acquisition = bench.startAcquisition('config/app.toml', under);
    await hears(heard, 'READY=1', 1, acquisition);
    await hears(heard, 'WATCHDOG=1', 3, acquisition);
    expect(heard[0]).toBe('READY=1');
    await acquisition.stop();
    await hears(heard, 'STOPPING=1', 1, acquisition);
    expect(times(heard, 'READY=1')).toBe(1);
  });

  test('of a writer that it is alive while its database is locked: a restart would not help', async ({
    open,
  }) => {
    const bench = await open();
    await bench.startMeter();
    bench.startAcquisition();
    const { under, heard } = await serviceManager(bench, 'writer');
    const writer = bench.startWriter('config/app.toml', under);
    await hears(heard, 'READY=1', 1, writer);
    await measurements(bench, 10);
    const other = new Database(bench.path(DEMO), { timeout: 10_000 });
    other.exec('BEGIN EXCLUSIVE');
    await hears(heard, 'WATCHDOG=1', times(heard, 'WATCHDOG=1') + 4, writer);
    other.close();
    await moreMeasurements(bench, 10);
    await writer.stop();
    await hears(heard, 'STOPPING=1', 1, writer);
  });

  test('of a recovery nothing: it is a job before the service', async ({ open }) => {
    const bench = await open();
    const { under, heard } = await serviceManager(bench, 'recovery');
    const recovery = bench.startRecoveryUnder(under);
    expect((await recovery.exited).code).toBe(0);
    expect(heard).toEqual([]);
  });
});
