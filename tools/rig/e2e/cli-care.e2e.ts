/**
 * What looks after a capture, on one that runs: doctor finds each fault that is planted and blames nothing else,
 * verify tells what is on its way from what is missing, and neither disturbs the writer at work.
 */
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Bench,
  eventually,
  finished,
  mountProblem,
  PATIENCE_MS,
  SmallDisk,
  type DatabaseContent,
  type Finished,
  type Run,
} from '@elmetron/rig';
import { deliversAll, measurements, moreMeasurements } from './on-a-bench.js';
import { asNobody, groupId } from './other-user.js';

interface Finding {
  readonly code: string;
  readonly level: string;
  readonly message: string;
  readonly advice: string | null;
}

interface Verified {
  readonly whole: boolean;
  readonly problems: readonly string[];
  readonly on_its_way: number;
  readonly buffers: readonly { readonly writer_alive: boolean }[];
  readonly archives: readonly unknown[];
}

const DEMO = 'data/demo/elmetron.sqlite';
let bench: Bench;
let acquisition: Run;
let writer: Run;

beforeAll(async () => {
  bench = await Bench.open({
    profile: { poll_interval_s: 0.02 },
    // So that there is something on its way nearly always.
    config: { storage: { commit_interval_ms: 1000 } },
  });
  await bench.startMeter();
  writer = bench.startWriter();
  acquisition = bench.startAcquisition();
  await measurements(bench, 100);
}, 2 * PATIENCE_MS);
afterAll(async () => {
  await bench.close();
});

/** The one line of its result. */
function valueOf({ out, err }: Finished): unknown {
  expect(out, err).toHaveLength(1);
  return JSON.parse(out[0] ?? '');
}

/** What is wrong; that the bench lies in memory is no fault of the bench. */
async function wrong(...args: string[]): Promise<Finding[]> {
  const ran = await bench.elmetron('doctor', '--json', ...args);
  const { ok, findings } = valueOf(ran) as { ok: boolean; findings: Finding[] };
  const found = findings.filter(({ level }) => level === 'wrong');
  expect([ran.code, ok]).toEqual(found.length === 0 ? [0, true] : [1, false]);
  for (const { advice } of found) expect(advice).not.toBeNull();
  return found.filter(({ code }) => code !== 'disk_in_memory');
}
const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);

async function verified(): Promise<Verified> {
  const ran = await bench.elmetron('verify', '--json');
  const report = valueOf(ran) as Verified;
  expect(ran.code, report.problems.join('\n')).toBe(report.whole ? 0 : 1);
  return report;
}

/** Everything that has a number in its session, but its start. */
const numbered = ({ measurements: rows, events }: DatabaseContent): number =>
  rows.length + events.filter(({ seq }) => seq !== null).length;

describe('while it captures', () => {
  test('doctor finds nothing, and the writer notices nothing', async () => {
    const warnings = () => writer.log().filter(({ level }) => level >= 40).length;
    const before = warnings();
    expect(await wrong()).toEqual([]);
    const { out } = await bench.elmetron('doctor');
    expect(out[0]).toMatch(/^Configuration +ok/);
    await moreMeasurements(bench, 20);
    expect(warnings()).toBe(before);
  });

  test('verify: whole, again and again, with what is on its way', async () => {
    let report = await verified();
    await eventually(
      'something on its way',
      async () => {
        report = await verified();
        expect(report).toMatchObject({ whole: true, problems: [] });
        return report.on_its_way > 0;
      },
      PATIENCE_MS,
    );
    expect(report.buffers).toMatchObject([{ writer_alive: true }]);
    const { out } = await bench.elmetron('verify', '--quick');
    expect(out[0]).toMatch(/^Whole: /);
    await moreMeasurements(bench, 20);
  });

  test('doctor: a second configuration on the same ports', async () => {
    const second = await bench.configure({ acquisition: { source: 'bench-2' } }, 'bench-2.toml');
    const found = await wrong();
    expect(new Set(codes(found))).toEqual(new Set(['shared_with_neighbour']));
    expect(found[0]?.message).toContain('bench-2.toml');
    // From the other side: the ports are taken, and by whom.
    const theirs = await wrong('-c', 'config/bench-2.toml');
    expect(codes(theirs)).toContain('endpoint_of_ours');
    await rm(second);
  });

  test('doctor, as somebody else: the group to join, and where the data may not be written', async ({
    skip,
  }) => {
    const under = asNobody();
    if (under === undefined || Number.isNaN(groupId('dialout'))) {
      skip('needs root, setpriv, a group dialout, and programs that anybody may read');
    }
    chmodSync(bench.dir, 0o755);
    const port = realpathSync(bench.path('data/demo/meter'));
    chownSync(port, 0, groupId('dialout'));
    chmodSync(port, 0o660);
    // A directory of its own: in that of the bench the two would be in each other's way.
    mkdirSync(bench.path('config/other'));
    await bench.configure({ device: { port } }, 'other/app.toml');
    await bench.profiles({ cx505: {} });
    renameSync(bench.path('config/protocols.toml'), bench.path('config/other/protocols.toml'));
    await bench.profiles({ cx505: { poll_interval_s: 0.02 } });
    const args = ['doctor', '--json', '-c', 'config/other/app.toml'];
    const ran = await finished(bench.startElmetronUnder(under ?? [], ...args));
    expect(ran.code).toBe(1);
    const { findings } = valueOf(ran) as { findings: Finding[] };
    const forbidden = findings.find(({ code }) => code === 'port_forbidden');
    expect(forbidden?.advice).toContain('usermod -aG dialout');
    expect(codes(findings)).toContain('not_writable');
  });
});

describe('when the writer was killed', () => {
  let before: DatabaseContent;
  beforeAll(async () => {
    await eventually(
      'something on its way',
      async () => (await verified()).on_its_way > 0,
      PATIENCE_MS,
    );
    await writer.kill();
    await acquisition.stop();
    before = bench.database();
  }, 2 * PATIENCE_MS);

  test('doctor finds its buffers; verify has all of them on their way, and they come', async () => {
    const [orphaned, ...others] = await wrong();
    expect(orphaned).toMatchObject({ code: 'orphaned_buffers' });
    // What acquisition could not deliver rests in its own spool, and is no stranger's.
    expect(others).toEqual([]);
    const report = await verified();
    expect(report).toMatchObject({ whole: true, buffers: [{ writer_alive: false }] });
    expect((await bench.recover()).exit.code).toBe(0);
    expect(numbered(bench.database()) - numbered(before)).toBe(report.on_its_way);
    expect(await verified()).toMatchObject({ whole: true, on_its_way: 0, buffers: [] });
    expect(await wrong()).toEqual([]);
  });

  test('doctor: a port that another program has taken, and a disk that is full', async ({
    skip,
  }) => {
    const server = createServer().listen(bench.ports.stream, '127.0.0.1');
    await once(server, 'listening');
    const taken = await wrong();
    server.close();
    expect(codes(taken)).toEqual(['endpoint_taken']);
    expect(taken[0]?.message).toContain(`port ${String(bench.ports.stream)}`.replace('p', 'P'));
    const problem = mountProblem();
    if (problem !== undefined) skip(problem);
    mkdirSync(bench.path('full'));
    const disk = SmallDisk.mount(bench.path('full'), 64);
    bench.atClose(() => disk.unmount());
    mkdirSync(bench.path('config/full'));
    await bench.configure({ storage: { captures_dir: 'full' } }, 'full/app.toml');
    await bench.profiles({ cx505: {} });
    renameSync(bench.path('config/protocols.toml'), bench.path('config/full/protocols.toml'));
    await bench.profiles({ cx505: { poll_interval_s: 0.02 } });
    expect(codes(await wrong('-c', 'config/full/app.toml'))).toEqual(['disk_full']);
  });
});

describe('when all has come to rest', () => {
  beforeAll(async () => {
    writer = bench.startWriter();
    acquisition = bench.startAcquisition();
    await moreMeasurements(bench, 50);
    await deliversAll(bench, acquisition);
    await writer.stop();
    await rm(bench.path('config/no-meter.toml'), { force: true });
  }, 3 * PATIENCE_MS);

  test('verify: whole, and every reading also in the archive; what is then taken away or changed is missed', async () => {
    const report = await verified();
    expect(report).toMatchObject({ whole: true, on_its_way: 0, buffers: [] });
    expect(report.archives.length).toBeGreaterThan(0);
    const rows = bench.database().measurements.slice(10, 12);
    const [first, second] = rows;
    const db = new SqliteDatabase(bench.path(DEMO));
    const at = `session_id = (SELECT id FROM sessions WHERE uid = ?) AND seq = ?`;
    db.prepare(`DELETE FROM measurements WHERE ${at}`).run(first?.session_uid, first?.seq);
    db.prepare(`UPDATE measurements SET value = value + 1 WHERE ${at}`).run(
      second?.session_uid,
      second?.seq,
    );
    db.close();
    const { whole, problems } = await verified();
    expect(whole).toBe(false);
    // The contradiction; the session's readings, records and end; the archive's missing record and its other one.
    expect(problems, problems.join('\n')).toHaveLength(6);
    const text = problems.join('\n');
    expect(text).toContain(`from ${String(second?.seq)} to ${String(second?.seq)} are not what`);
    expect(text).toMatch(/1 of its \d+ records are not in the database/);
    expect(text).toMatch(/1 records are in the database with other content/);
    const { code, out } = await bench.elmetron('verify');
    expect([code, out[0]]).toEqual([1, expect.stringMatching(/^NOT whole: 6 problems/)]);
  });

  test('doctor: a database of a newer version', async () => {
    const db = new SqliteDatabase(bench.path(DEMO));
    db.pragma('user_version = 999');
    db.close();
    expect(codes(await wrong())).toEqual(['store_too_new']);
  });
});
