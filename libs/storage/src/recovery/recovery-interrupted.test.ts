/**
 * Recovery is killed at every one of its steps, with and without a power cut, and run again: each
 * time everything is there once. Each step has a session of its own, all share the databases.
 */
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeRecord } from '@elmetron/protocol';
import { bufferFileName } from '../buffer/index.js';
import { DiskModel, type Choose } from '../buffer/testing/disk-model.js';
import {
  auditEvent,
  Bench,
  end,
  linesOf,
  measurement,
  measurements,
  RUN,
  start,
} from './testing/bench.js';
import { LEGACY_STARTED, legacyMeasurements, legacyStart } from './testing/legacy-lines.js';
import { Mortal } from './testing/mortal.js';

interface Case {
  readonly name: string;
  readonly content: Buffer;
  /** Of the content, what is archived. */
  readonly whole: Buffer;
  readonly session: string;
  readonly seqs: readonly number[];
  readonly events: readonly string[];
  readonly quarantined: number;
}

/** Damage in the middle, a torn end, and all types of records. */
function ours(step: number): Case {
  const session = `01990000-0000-7000-8000-${String(step).padStart(12, '0')}`;
  const name = bufferFileName(session, RUN, 1);
  const damaged = linesOf([measurement(4, session)]);
  damaged.write('X', 60);
  const whole = Buffer.concat([
    linesOf([start(session), ...measurements(1, 3, session)]),
    damaged,
    linesOf([...measurements(5, 9, session), auditEvent(10, session), end(11, 9, session)]),
  ]);
  return {
    name,
    content: Buffer.concat([whole, encodeRecord(measurement(12, session)).subarray(0, 99)]),
    whole,
    session,
    seqs: [1, 2, 3, 5, 6, 7, 8, 9],
    events: ['damaged', 'hole', 'recovered', 'torn'].map((cause) => `${cause}:${name}`),
    quarantined: 2,
  };
}

function legacy(step: number): Case {
  const name = `session_${step}_buffer.jsonl`;
  const lines = [legacyStart({ session_id: step }), ...legacyMeasurements(1, 9)];
  return {
    name,
    content: Buffer.concat([...lines, Buffer.from('{"type":"measure')]),
    whole: Buffer.concat(lines),
    session: `legacy-${step}-${LEGACY_STARTED}`,
    seqs: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    events: ['recovered', 'torn'].map((cause) => `${cause}:${name}`),
    quarantined: 1,
  };
}

async function diskWith(path: string, content: Buffer): Promise<DiskModel> {
  const disk = new DiskModel();
  await disk.makeDirectory(dirname(path));
  const file = await disk.open(path, 'wx+');
  await file.write(content, 0, content.length, 0);
  await file.sync();
  for (let at = dirname(path); ; at = dirname(at)) {
    await disk.syncDirectory(at);
    if (at === '/') return disk;
  }
}

const most: Choose = (n) => n - 1;
const least: Choose = () => 0;
const kill = (disk: DiskModel): DiskModel => disk.afterKill();

let bench: Bench;
beforeAll(() => {
  bench = new Bench();
});
afterAll(() => bench.end());

// On the model's disk every file is from 1970, and so too old for the archive.
const OPTIONS = {
  archiveDays: 30,
  keepArchives: true,
};

const powerCut =
  (choose: Choose) =>
  (disk: DiskModel): DiskModel =>
    disk.afterPowerCut(choose);

/** Of more bytes than a batch has, an archive is begun while it is read. */
const SMALL = 1_000_000;
const LARGE = 400;

it.each([
  ['killed', 1000, ours, kill, SMALL],
  ['powered off, nothing unsynced left', 2000, ours, powerCut(least), SMALL],
  ['powered off, all unsynced left', 3000, ours, powerCut(most), SMALL],
  ['killed with a legacy buffer', 4000, legacy, kill, SMALL],
  ['killed with a large buffer', 5000, ours, kill, LARGE],
  ['powered off with a large buffer, nothing unsynced left', 6000, ours, powerCut(least), LARGE],
  ['powered off with a large buffer, all unsynced left', 7000, ours, powerCut(most), LARGE],
] as const)('%s at every step: once, all of it', { timeout: 60_000 }, async (...parameters) => {
  const [, first, make, left, bytes] = parameters;
  const options = { ...OPTIONS, batch: { bytes, records: 8 } };
  let finished = false;
  let step = 0;
  for (; !finished; step++) {
    const which = make(first + step);
    const path = join(bench.captures, which.name);
    const disk = await diskWith(path, which.content);
    const mortal = new Mortal(step);
    mortal.inhabit(disk);
    // The model cuts the power of the buffers' disk only: what the databases have stays.
    const stores = left === kill ? mortal.stores(bench.stores) : bench.stores;
    await bench.recover({ ...options, fs: disk, stores });
    finished = !mortal.died;

    const again = left(disk);
    const summary = await bench.recover({ ...options, fs: again });
    expect(summary.failed_recoveries).toBe(0);
    const rows = `SELECT seq FROM measurement_log WHERE session_uid = '${which.session}' ORDER BY seq`;
    expect(bench.query<{ seq: number }>(rows).map(({ seq }) => seq)).toEqual(which.seqs);
    expect(bench.eventKeys().filter((key) => key.endsWith(which.name))).toEqual(which.events);
    expect(again.content(path)).toBeUndefined();
    const archive = again.content(join(bench.captures, 'archive', `${which.name}.gz`));
    expect(gunzipSync(archive ?? '')).toEqual(which.whole);
    expect(quarantinedIn(again)).toHaveLength(which.quarantined);
    expect(again.paths().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }
  // So many steps that each kind of call was among them.
  expect(step).toBeGreaterThan(15);
});

function quarantinedIn(disk: DiskModel): string[] {
  return disk
    .paths()
    .filter((path) => path.startsWith(join(bench.captures, 'quarantine')))
    .flatMap((path) => (disk.content(path) ?? '').toString().split('\n'))
    .filter((line) => isJson(line));
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
