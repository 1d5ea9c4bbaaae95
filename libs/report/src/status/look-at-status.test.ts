import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@elmetron/runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Answer } from '../health/health-page.js';
import { statusOf } from './look-at-status.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-report-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const NOW = Date.UTC(2026, 2, 1, 8);
const off: Answer = { state: 'off' };
const page = (figures: object): Answer => ({
  state: 'answers',
  page: { status: 'ok', reasons: [], ...figures },
});

function configuration() {
  const write = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  write('protocols.toml', '[profiles.cx505]\nbaud = 115200\n');
  return loadConfig(
    write(
      'app.toml',
      `[acquisition]
source = 'bench-1'
spool_dir = '${join(dir, 'spool')}'
[storage]
database_path = '${join(dir, 'data/elmetron.sqlite')}'
demo_database_path = '${join(dir, 'data/demo/elmetron.sqlite')}'
captures_dir = '${join(dir, 'captures')}'
`,
    ),
  );
}

it('before anything has run there is a status all the same', async () => {
  const status = await statusOf(configuration(), { acquisition: off, writer: off }, NOW);
  expect(status).toMatchObject({
    at: '2026-03-01T08:00:00.000Z',
    ok: true,
    session: null,
    last_reading: null,
    lag: { unacknowledged: null, uncommitted: null },
    buffers: { files: 0, bytes: 0, last_sync: null },
    databases: [],
  });
  expect(status.disks).toHaveLength(1);
});

it('counts what lies on its way, and believes no figure of the wrong kind', async () => {
  for (const name of ['spool/bench-1', 'captures/archive']) {
    mkdirSync(join(dir, name), { recursive: true });
  }
  writeFileSync(join(dir, 'spool/bench-1/1_spool.jsonl'), '12345');
  writeFileSync(join(dir, 'captures/a_buffer.jsonl'), '123');
  writeFileSync(join(dir, 'captures/other.txt'), '123');
  writeFileSync(join(dir, 'captures/archive/a.gz'), '1234567');
  const acquisition = page({ spool_bytes: 'many', session: 7, unacknowledged: { writer: 2 } });
  const writer = page({ databases: { real: { uncommitted: 4 }, demo: { uncommitted: 1 } } });
  expect(await statusOf(configuration(), { acquisition, writer }, NOW)).toMatchObject({
    session: null,
    lag: { unacknowledged: { writer: 2 }, uncommitted: 5 },
    spool: { bytes: 5 },
    buffers: { files: 1, bytes: 3 },
    archive: { files: 1, bytes: 7 },
  });
});
