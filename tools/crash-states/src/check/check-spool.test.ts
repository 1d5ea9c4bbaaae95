import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRecord } from '@elmetron/protocol';
import { Spool } from '@elmetron/storage';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KnownLine } from '../replay/account.js';
import { SpoolChecker } from './check-spool.js';
import type { CheckSetting } from './state.js';
import { PLACES } from './tree-recovery.js';

const SESSION = '01990000-0000-7000-8000-000000000001';
const AT = '2026-01-01T00:00:00.000Z';
const start = encodeRecord({
  v: 1,
  type: 'session_start',
  session: SESSION,
  seq: 0,
  started_at: AT,
  source: 'bench-1',
  profile: 'cx505',
  device: { model: 'CX-505', serial: '1/26', port: 'p' },
  emulated: false,
  metadata: {},
});
const line = (seq: number, message = 'm'): Buffer =>
  encodeRecord({
    v: 1,
    type: 'audit_event',
    session: SESSION,
    seq,
    at: AT,
    level: 'info',
    category: 'link',
    message,
    payload: {},
  });
const lines: KnownLine[] = [start, line(1), line(2)].map((bytes, seq) => ({
  session: SESSION,
  seq,
  line: bytes,
  kind: 'record',
}));
const setting: CheckSetting = {
  tree: '',
  checks: 'spool',
  archiveDays: 0,
  damagedOnPurpose: false,
  capturesUnusable: false,
  lines,
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'check-spool-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function keep(...records: Buffer[]): Promise<void> {
  const spool = await Spool.open({
    dir: join(directory, PLACES.spool_dir, 'bench-1'),
    maxBytes: 1e6,
  });
  const session = spool.begin(SESSION, start);
  for (const record of records) session.append(record);
  await spool.close();
}

const check = (...seqs: number[]): Promise<string[]> =>
  new SpoolChecker(setting, Spool).check(directory, {
    acknowledged: {},
    damaged: [],
    kept: { [SESSION]: seqs },
  });

it('passes a spool that holds what it owes, and more', async () => {
  await keep(line(1), line(2));
  expect(await check(0, 1)).toEqual([]);
});

it('notices what is lost', async () => {
  await keep(line(1));
  expect(await check(1, 2)).toEqual([
    `lost: record 2 of ${SESSION} was numbered, not released, and is not in the spool`,
  ]);
});

it('notices that there is no spool at all', async () => {
  expect(await check(0)).toHaveLength(1);
});

it('notices what is altered and what is invented', async () => {
  await keep(line(1, 'other'), line(2), line(3));
  expect(await check(2)).toEqual([
    `altered: record 1 of ${SESSION} is not what was made`,
    `invented: record 3 of ${SESSION} was never made`,
  ]);
});
