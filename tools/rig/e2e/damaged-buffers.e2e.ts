/**
 * Damage in a buffer that the real writer left, taken up by the real recovery: a sample of what
 * `damage-matrix.test.ts` does at every byte region, and everything that a buffer's name can lead to
 * but a buffer.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { type Bench, type DatabaseContent } from '@elmetron/rig';
import { deliversAll, moreMeasurements, test } from './on-a-bench.js';

const command = (name: string): string => JSON.stringify({ command: name });
const DEMO = 'data/demo/elmetron.sqlite';

interface Left {
  readonly name: string;
  /** With their newlines. */
  readonly lines: readonly Buffer[];
  readonly types: readonly string[];
}

/** One whole session, with every type of record, in the buffer of a writer that was killed. */
async function leaveBuffer(bench: Bench): Promise<Left> {
  const writer = bench.startWriter();
  await writer.logged('The writer runs');
  // Locked, so that nothing is committed and the buffer holds all of it.
  await mkdir(bench.path('data/demo'), { recursive: true });
  const holder = new Database(bench.path(DEMO));
  holder.exec('BEGIN EXCLUSIVE');
  const meter = await bench.startMeter();
  const acquisition = bench.startAcquisition();
  await bench.sent(5);
  await bench.configure({
    device: { metadata: { sample: 'A-17' } },
  });
  acquisition.signal('SIGHUP');
  await bench.sent(10);
  meter.tell(command('unplug'));
  await acquisition.logged('link lost');
  meter.tell(command('plug'));
  await bench.sent(20);
  await deliversAll(bench, acquisition);
  await writer.kill();
  await meter.stop();
  holder.close();
  for (const suffix of ['', '-wal', '-shm', '-journal', '.lock']) {
    await rm(bench.path(`${DEMO}${suffix}`), { force: true });
  }
  const [name] = await bench.buffers();
  if (name === undefined) throw new Error(`no buffer was left\n${writer.tail()}`);
  const lines = linesOf(await readFile(bench.path('captures', name)));
  const types = lines.map((line) => (JSON.parse(String(line)) as { type: string }).type);
  expect(new Set(types)).toEqual(
    new Set(['session_start', 'measurement', 'audit_event', 'metadata_update', 'session_end']),
  );
  await cp(bench.path('captures'), bench.path('template'), { recursive: true });
  return { name, lines, types };
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0, at = 0; (at = bytes.indexOf(0x0a, from)) >= 0; from = at + 1) {
    lines.push(bytes.subarray(from, at + 1));
  }
  return lines;
}

/** The buffer as it was left, but for its content, and no database. */
async function putBack(bench: Bench, name: string, content: Buffer): Promise<void> {
  for (const folder of ['captures', 'data']) {
    await rm(bench.path(folder), { recursive: true, force: true });
  }
  await cp(bench.path('template'), bench.path('captures'), { recursive: true });
  await writeFile(bench.path('captures', name), content);
}

interface Summary {
  readonly recovered_measurements: number;
  readonly failed_recoveries: number;
  readonly quarantined_lines: number;
  readonly buffers: readonly { readonly status: string; readonly torn_bytes: number }[];
}

async function recover(bench: Bench): Promise<Summary> {
  const { exit, run } = await bench.recover('--json');
  expect(exit.code, run.tail()).toBe(0);
  return JSON.parse(run.stdout.at(-1) ?? '') as Summary;
}

/** Numbers of the records of a type in the lines that are left. */
function seqs(lines: readonly Buffer[], type: string): number[] {
  return lines
    .map((line) => JSON.parse(String(line)) as { type: string; seq: number })
    .filter((record) => record.type === type)
    .map(({ seq }) => seq);
}

function expectStored(
  { measurements, events, integrity }: DatabaseContent,
  left: readonly Buffer[],
): void {
  expect(integrity).toBe('ok');
  expect(measurements.map(({ seq }) => seq)).toEqual(seqs(left, 'measurement'));
  const numbered = events.map(({ seq }) => seq).filter((seq) => seq !== null);
  expect(numbered.sort((a, b) => a - b)).toEqual(seqs(left, 'audit_event'));
}

async function quarantine(bench: Bench): Promise<string> {
  const names = await readdir(bench.path('captures/quarantine')).catch(() => []);
  const texts = names
    .sort()
    .map((name) => readFile(bench.path('captures/quarantine', name), 'utf8'));
  return (await Promise.all(texts)).join('');
}

test('a line of each type damaged, and the end of the file in every way', async ({ open }) => {
  const bench = await open({ config: { storage: { archive_days: 0 } } });
  const { name, lines, types } = await leaveBuffer(bench);
  const whole = Buffer.concat(lines);
  const flipped = (index: number): Buffer => {
    const copy = lines.map((line) => Buffer.from(line));
    const line = copy[index] ?? Buffer.alloc(1);
    const middle = Math.floor(line.length / 2);
    line[middle] = (line[middle] ?? 0) ^ 1;
    return Buffer.concat(copy);
  };
  const without = (...indices: number[]): Buffer[] => lines.filter((_, i) => !indices.includes(i));
  const damaged = [...new Set(types)].map((type) => {
    const index = types.indexOf(type);
    return { content: flipped(index), left: without(index), torn: type === 'session_end' };
  });
  const last = lines.length - 1;
  const cases = [
    ...damaged,
    { content: whole.subarray(0, -20), left: without(last), torn: true },
    { content: whole.subarray(0, -1), left: lines, torn: false },
    { content: Buffer.concat([whole, Buffer.alloc(4096)]), left: lines, torn: true },
    { content: Buffer.concat([whole, Buffer.alloc(1_048_576)]), left: lines, torn: true },
    {
      content: Buffer.concat([whole.subarray(0, -20), Buffer.alloc(4096)]),
      left: without(last),
      torn: true,
    },
    { content: Buffer.concat([Buffer.alloc(4096), whole]), left: without(0), torn: false },
  ];
  for (const [n, { content, left, torn }] of cases.entries()) {
    await putBack(bench, name, content);
    const summary = await recover(bench);
    const [buffer] = summary.buffers;
    expect(buffer?.status).toBe('recovered');
    expect((buffer?.torn_bytes ?? 0) > 0).toBe(torn);
    expect(summary.quarantined_lines > 0).toBe(!torn && content.length !== whole.length - 1);
    const first = bench.database();
    expectStored(first, left);
    const keptAside = await quarantine(bench);
    expect(keptAside !== '').toBe(torn || summary.quarantined_lines > 0);
    expect(await bench.buffers()).toEqual([]);

    if (n % 3 !== 0) continue;
    // As after a kill just before the buffer went: all of it again, and nothing is different.
    await writeFile(bench.path('captures', name), content);
    expect((await recover(bench)).recovered_measurements).toBe(0);
    expect(bench.database()).toEqual(first);
    expect(await quarantine(bench)).toBe(keptAside);
  }
});

test('what is no buffer under the name of one: nothing hangs, nothing foreign is touched', async ({
  open,
}) => {
  const bench = await open({ config: { storage: { archive_days: 0 } } });
  const { name, lines } = await leaveBuffer(bench);
  const whole = Buffer.concat(lines);
  await putBack(bench, name, whole);
  const at = (segment: number): string =>
    bench.path('captures', name.replace('_000001_', `_00000${String(segment)}_`));
  const thesis = bench.path('thesis.txt');
  const text = 'my thesis, do not delete\n'.repeat(50);
  await writeFile(thesis, text);
  await writeFile(at(2), '');
  await writeFile(at(3), Buffer.alloc(1_048_576));
  await mkdir(at(4));
  await symlink(thesis, at(5));
  execFileSync('mkfifo', [at(6)]);
  await symlink('/dev/zero', at(7));
  await writeFile(at(8), text);
  const own = { 'notes.jsonl': text, 'other.jsonl': '{"level":30,"msg":"of another program"}\n' };
  for (const [file, content] of Object.entries(own)) {
    await writeFile(bench.path('captures', file), content);
  }
  await writeFile(bench.path('captures/binary.jsonl'), Buffer.from([0, 255, 10, 127, 69, 76, 70]));

  const { exit, run } = await bench.recover('--json');
  const summary = JSON.parse(run.stdout.at(-1) ?? '') as Summary;
  // Exit code 1: the directory, the links and the pipe want a person.
  expect(exit.code).toBe(1);
  expect(summary.failed_recoveries).toBe(4);
  expectStored(bench.database(), lines);
  expect(await readFile(thesis, 'utf8')).toBe(text);
  for (const [file, content] of Object.entries(own)) {
    expect(await readFile(bench.path('captures', file), 'utf8')).toBe(content);
  }
  // Under the name of a run it can only have been a buffer: it is kept in the quarantine.
  expect(await quarantine(bench)).toContain('my thesis, do not delete');
  const left = (await bench.buffers()).map((file) => file.slice(-'000004_buffer.jsonl'.length));
  expect(left.sort()).toEqual([4, 5, 6, 7].map((n) => `00000${String(n)}_buffer.jsonl`));

  // The writer comes up beside it and takes readings; its own sweep does not hang on it either.
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await moreMeasurements(bench, 5);
  await acquisition.stop();
  expect((await writer.stop()).code).toBe(0);
});

test('a damaged archive, when the database has to be rebuilt from it', async ({ open }) => {
  const bench = await open({ config: { storage: { archive_days: 30 } } });
  const { name, lines } = await leaveBuffer(bench);
  const whole = gzipSync(Buffer.concat(lines));
  const middle = Math.floor(whole.length / 2);
  const spoiled = (at: number): Buffer => {
    const copy = Buffer.from(whole);
    copy[at] = (copy[at] ?? 0) ^ 0xff;
    return copy;
  };
  const all = seqs(lines, 'measurement');
  const third = lines.map((line, i) => (i === 3 ? Buffer.from(line).fill('x', 40, 41) : line));
  const cases: { what: string; archive: Buffer; atLeast: number[]; unreadable: boolean }[] = [
    { what: 'its head', archive: spoiled(0), atLeast: all, unreadable: true },
    { what: 'its middle', archive: spoiled(middle), atLeast: all.slice(0, 3), unreadable: true },
    { what: 'its checksum', archive: spoiled(whole.length - 6), atLeast: all, unreadable: true },
    { what: 'its length', archive: spoiled(whole.length - 1), atLeast: all, unreadable: true },
    {
      what: 'cut short',
      archive: whole.subarray(0, middle),
      atLeast: all.slice(0, 3),
      unreadable: true,
    },
    { what: 'empty', archive: Buffer.alloc(0), atLeast: [], unreadable: true },
    { what: 'zeros', archive: Buffer.alloc(5000), atLeast: [], unreadable: true },
    {
      what: 'a line of what it holds',
      archive: gzipSync(Buffer.concat(third)),
      atLeast: seqs(
        lines.filter((_, i) => i !== 3),
        'measurement',
      ),
      unreadable: false,
    },
  ];
  for (const { what, archive, atLeast, unreadable } of cases) {
    for (const folder of ['captures', 'data']) {
      await rm(bench.path(folder), { recursive: true, force: true });
    }
    await mkdir(bench.path('captures/archive'), { recursive: true });
    await mkdir(bench.path('data/demo'), { recursive: true });
    await writeFile(bench.path('captures/archive', `${name}.gz`), archive);
    await writeFile(bench.path(DEMO), damagedDatabase());
    const { run } = await bench.recover('--json');
    const summary = JSON.parse(run.stdout.at(-1) ?? '') as {
      databases: { path: string; unreadable_archives: string[]; state: string }[];
    };
    const demo = summary.databases.find(({ path }) => path === DEMO);
    expect(demo?.state, run.tail()).toBe('damaged');
    expect(demo?.unreadable_archives.length, what).toBe(unreadable ? 1 : 0);
    expect(await readdir(bench.path('captures/archive'))).toEqual([`${name}.gz`]);
    const { measurements, integrity } = bench.database();
    expect(integrity).toBe('ok');
    const stored = measurements.map(({ seq }) => seq);
    expect(stored, what).toEqual(all.filter((seq) => stored.includes(seq)));
    expect(stored, what).toEqual(expect.arrayContaining(atLeast));
    expect(await readdir(bench.path('data/demo'))).toContainEqual(
      expect.stringContaining('damaged'),
    );
  }
});

/** SQLite's own head with our mark in it, and behind it nothing that makes sense. */
function damagedDatabase(): Buffer {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE t (x)');
  db.pragma(`application_id = ${String(0x454c4d54)}`);
  const bytes = Buffer.from(db.serialize());
  db.close();
  return bytes.fill(0x5a, 100);
}
