/** What goes wrong before anything can be captured: a clear word, exit code 2, nothing lost, no stack trace. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { eventually, PATIENCE_MS, type Run } from '@elmetron/rig';
import { measurements, test } from './on-a-bench.js';

async function refusal(run: Run): Promise<string> {
  await eventually(
    `${run.name} to give up`,
    () => run.exit !== undefined,
    PATIENCE_MS,
    () => run.tail(),
  );
  const { code } = await run.exited;
  const said = [...run.stdout, ...run.stderr].join('\n');
  expect(code, said).toBe(2);
  expect(said, 'a stack trace').not.toMatch(/\n\s+at .+:\d+/);
  return said;
}

test('bad configuration: every error at once, each with its key, what was found and what is allowed', async ({
  open,
}) => {
  const bench = await open({
    config: {
      storage: { archive_days: -3, comit_interval_ms: 5 },
      acquisition: { endpoint: 'localhost:5701' },
      device: { profile: 'cx999' },
    },
  });
  for (const run of [bench.startWriter(), bench.startAcquisition(), bench.startRecovery()]) {
    const said = await refusal(run);
    for (const key of [
      'storage.archive_days',
      'storage.comit_interval_ms',
      'acquisition.endpoint',
      'device.profile',
    ]) {
      expect(said).toContain(key);
    }
    expect(said).toContain('-3');
    expect(said).toContain('commit_interval_ms');
  }
});

test('no configuration, and one that is not TOML', async ({ open }) => {
  const bench = await open();
  expect(await refusal(bench.startWriter('config/none.toml'))).toContain('none.toml');
  await writeFile(bench.path('config', 'broken.toml'), '[device\nport = 3');
  expect(await refusal(bench.startWriter('config/broken.toml'))).toContain('broken.toml');
});

test('a busy endpoint names it and says what to do', async ({ open }) => {
  const bench = await open();
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(bench.ports.stream, '127.0.0.1', resolve);
  });
  try {
    expect(await refusal(bench.startAcquisition())).toContain(String(bench.ports.stream));
  } finally {
    server.close();
  }
});

test('a missing port is waited for, not given up', async ({ open }) => {
  const bench = await open({ config: { device: { port: '/dev/ttyNONE9' } } });
  const acquisition = bench.startAcquisition();
  await acquisition.logged('/dev/ttyNONE9');
  expect(acquisition.exit).toBeUndefined();
  expect((await acquisition.stop()).code).toBe(0);
});

test('a database of a newer version is refused and left as it is', async ({ open }) => {
  const bench = await open();
  const first = bench.startWriter();
  await first.logged('The writer runs');
  await first.stop();
  const path = bench.path('data/elmetron.sqlite');
  const db = new Database(path);
  db.pragma(`user_version = ${String(Number(db.pragma('user_version', { simple: true })) + 1)}`);
  db.close();
  const before = await readFile(path);
  expect(await refusal(bench.startWriter())).toContain('elmetron.sqlite');
  expect((await readFile(path)).equals(before)).toBe(true);
});

test('a file that is no database is refused and left as it is', async ({ open }) => {
  const bench = await open();
  await mkdir(bench.path('data'));
  const text = 'my thesis, do not delete\n'.repeat(500);
  await writeFile(bench.path('data/elmetron.sqlite'), text);
  expect(await refusal(bench.startWriter())).toContain('elmetron.sqlite');
  expect(await refusal(bench.startRecovery())).toContain('elmetron.sqlite');
  expect(await readFile(bench.path('data/elmetron.sqlite'), 'utf8')).toBe(text);
});

test('a database locked by another program for a while: readings wait in the buffer', async ({
  open,
}) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 5);
  const other = new Database(bench.path('data/demo/elmetron.sqlite'));
  other.exec('BEGIN EXCLUSIVE');
  const sent = (await bench.account()).length;
  await bench.sent(sent + 40);
  await writer.logged('locked');
  other.exec('COMMIT');
  other.close();
  await measurements(bench, sent + 30);
  await acquisition.stop();
  await writer.stop();
});
