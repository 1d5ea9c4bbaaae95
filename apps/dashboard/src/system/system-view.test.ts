/** A bench with files of its own; its processes are what they are said to be. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Answer } from '@elmetron/report';
import { StorageError } from '@elmetron/storage';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemSchema } from '../api/system.js';
import { benchesOf, type Bench } from '../benches/bench.js';
import { databasesBySource } from '../databases/by-source.js';
import { fakeReader } from '../testing/fake-reader.js';
import { madeConfig } from '../testing/made-config.js';
import { acquisitionPage, answers, GONE, writerPage } from '../testing/made-health.js';
import { OwnedClock } from '../testing/owned-clock.js';
import { SystemView } from './system-view.js';

let dir: string;
let clock: OwnedClock;
let health: Map<number, Answer>;
let lookedAt: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-system-'));
  clock = new OwnedClock();
  health = new Map();
  lookedAt = 0;
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const toml = (source = 'bench-1', ports = [8051, 8052]) => `
  [acquisition]
  source = "${source}"
  spool_dir = '${join(dir, 'spool')}'
  [storage]
  database_path = '${join(dir, 'real.sqlite')}'
  demo_database_path = '${join(dir, 'demo.sqlite')}'
  captures_dir = '${join(dir, 'captures')}'
  [monitoring]
  acquisition_port = ${ports[0]}
  writer_port = ${ports[1]}
  [dashboard]
  logs_dir = '${join(dir, 'logs')}'
`;

function write(name: string, bytes: number): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), 'x'.repeat(bytes));
}

function view(benches: readonly Bench[] = benchesOf(madeConfig(toml()))): SystemView {
  const databases = databasesBySource(benches, (path) =>
    fakeReader({
      lastEvents: async () => {
        lookedAt += 1;
        if (path.includes('demo')) throw new StorageError('store_damaged', 'demo is damaged');
        return [
          { seq: null, at: 'b', level: 'info', category: 'recovery', message: 'two', payload: {} },
          { seq: null, at: 'a', level: 'error', category: 'recovery', message: 'one', payload: {} },
        ];
      },
    }),
  );
  return new SystemView({
    benches,
    databases: databases.bySource,
    health: {
      of: (port) => {
        const answer = health.get(port);
        return answer && { answer, at: 0, since: 0 };
      },
    },
    meters: () => [],
    own: { figures: () => ({ pages: 3 }) },
    clock,
  });
}

it('tells what the processes say, and what lies on the disks', async () => {
  health.set(8051, answers(acquisitionPage({ spool_bytes: 77 }, [{ code: 'line_noisy' }])));
  health.set(8052, GONE);
  write('captures/session_a_b_0_buffer.jsonl', 10);
  write('captures/archive/session_a_b_0_buffer.jsonl.gz', 20);
  write('captures/README.md', 1_000);
  write('real.sqlite', 30);
  write('real.sqlite-wal', 5);
  write('demo.sqlite', 1);
  const system = await view().system();
  expect(systemSchema.parse(system)).toEqual(system);
  expect(system.benches).toMatchObject([
    {
      name: 'app',
      source: 'bench-1',
      processes: [
        {
          name: 'acquisition',
          port: 8051,
          status: 'degraded',
          reasons: [{ code: 'line_noisy', advice: expect.stringMatching(/^Check the cable/) }],
          figures: { link: 'open' },
        },
        { name: 'writer', port: 8052, status: 'not running', reasons: [], figures: {} },
        { name: 'dashboard', port: 8050, status: 'ok', figures: { pages: 3 } },
      ],
      spool: { bytes: 77, max_bytes: 1_073_741_824 },
      buffers: { files: 1, bytes: 10 },
      archive: { files: 1, bytes: 20 },
      databases: [
        { path: join(dir, 'real.sqlite'), emulated: false, bytes: 35 },
        { path: join(dir, 'demo.sqlite'), emulated: true, bytes: 1 },
      ],
      problems: ['demo is damaged'],
      disks: [{ free_bytes: expect.any(Number) }],
      recoveries: [
        { at: 'b', level: 'info', message: 'two' },
        { at: 'a', level: 'error', message: 'one' },
      ],
    },
  ]);
});

it('a database that cannot be read is not well, whatever is recorded', async () => {
  write('demo.sqlite', 1);
  const { verdict } = await view().system();
  expect(verdict).toEqual({
    level: 'degraded',
    title: 'bench-1: demo is damaged',
    advice: [expect.stringMatching(/^bench-1: .*elmetron doctor/)],
  });
});

it('without acquisition counts the spool by its files', async () => {
  write('spool/bench-1/session_a_0_spool.jsonl', 40);
  const system = await view().system();
  expect(system.benches[0]?.spool.bytes).toBe(40);
  expect(system.benches[0]?.processes[0]).toMatchObject({ status: 'unknown' });
});

it('tells of each bench, and of itself once', async () => {
  const benches = benchesOf(
    {
      ...madeConfig(toml()),
      app: {
        ...madeConfig(toml()).app,
        dashboard: { ...madeConfig(toml()).app.dashboard, benches: ['bench-2.toml'] },
      },
    },
    () => ({ ...madeConfig(toml('bench-2', [8061, 8062])), appPath: 'bench-2.toml' }),
  );
  health.set(8062, answers(writerPage()));
  const system = await view(benches).system();
  expect(
    system.benches.map(({ name, processes }) => [name, processes.map((one) => one.name)]),
  ).toEqual([
    ['app', ['acquisition', 'writer', 'dashboard']],
    ['bench-2', ['acquisition', 'writer']],
  ]);
});

it('looks at the disks no more often than it has to, however many ask', async () => {
  write('real.sqlite', 1);
  write('demo.sqlite', 1);
  const system = view();
  await Promise.all([system.system(), system.system(), system.system()]);
  expect(lookedAt).toBe(2);
  clock.pass(1_999);
  await system.system();
  expect(lookedAt).toBe(2);
  clock.pass(1);
  await system.system();
  expect(lookedAt).toBe(4);
});

it('shows the log of a process of each bench, or says where it is', async () => {
  write('logs/writer.log', 3);
  const system = view();
  expect(await system.log({ bench: 'app', process: 'writer', lines: 5 })).toMatchObject({
    file: join(dir, 'logs/writer.log'),
    note: null,
    lines: [{ message: 'xxx' }],
  });
  expect(await system.log({ bench: 'app', process: 'acquisition', lines: 5 })).toEqual({
    file: null,
    note: expect.stringContaining('journalctl -u elmetron-acquisition@app'),
    lines: [],
  });
  const none = system.log({ bench: '../../etc/passwd', process: 'writer', lines: 5 });
  await expect(none).rejects.toMatchObject({ code: 'not_found' });
});
