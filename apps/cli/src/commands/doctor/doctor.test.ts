/** Every fault is planted in real files and found by its code; a bench without one is well. */
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '@elmetron/protocol/offline';
import { loadConfig } from '@elmetron/runtime';
import { bufferFileName, Quarantine, RunLock } from '@elmetron/storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Proc } from '../../machine/proc.js';
import { ownProcesses } from '../../machine/own-processes.js';
import { MadeBench } from '../../testing/made-bench.js';
import { elmetron } from '../../testing/run-program.js';
import { examineClock } from './examinations/clock.js';
import { examineDevice } from './examinations/device.js';
import { examinePage } from './examinations/page.js';
import { examineProcesses } from './examinations/processes.js';
import { examineProcessManager } from './examinations/process-manager.js';
import { examineVersions } from './examinations/versions.js';
import type { Finding } from './finding.js';

const RUN = '0199bbbb-0000-7000-8000-00000000000a';
const SESSION = '0199bbbb-0000-7000-8000-000000000001';

const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

let bench = new MadeBench();
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  bench.remove();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

interface Settings {
  readonly port?: string;
  readonly health?: number;
  readonly stream?: number;
  readonly more?: string;
}

function settings({ port = 'emulator', health = 0, stream = 1, more = '' }: Settings): string {
  return `[device]\nport = "${port}"\n[writer]\nsources = ["tcp://127.0.0.1:${stream}"]\n[monitoring]\nacquisition_port = ${health}\nwriter_port = 0\n${more}`;
}

/** Nobody listens at the lowest ports, and a test may not. The keys of [acquisition] stand at the head of the bench's own file. */
function configure(of: Settings): void {
  bench.remove();
  bench = new MadeBench(settings(of));
  const stream = of.stream ?? 1;
  bench.write(
    'app.toml',
    `[acquisition]\nendpoint = "tcp://127.0.0.1:${stream}"\nlive_endpoint = "tcp://127.0.0.1:2"\nspool_dir = '${bench.path('data/spool')}'\n[storage]\ndatabase_path = '${bench.database}'\ndemo_database_path = '${bench.demo}'\ncaptures_dir = '${bench.captures}'\n${settings(of)}`,
  );
}
beforeEach(() => configure({}));

async function found(): Promise<readonly Finding[]> {
  const ran = await elmetron(['doctor', '--json', '-c', bench.config], {
    env: { HOME: bench.dir },
  });
  const [result] = ran.values as [{ ok: boolean; findings: Finding[] }];
  expect(ran.code).toBe(result.ok ? 0 : 1);
  expect(result.ok).toBe(!result.findings.some(({ level }) => level === 'wrong'));
  for (const { level, advice } of result.findings) {
    if (level === 'wrong') expect(advice).toMatch(/\.$/);
  }
  return result.findings;
}

/** Directories in memory are a fault of the machine that tests here, not of the bench. */
const wrong = (findings: readonly Finding[]) =>
  findings
    .filter(({ level, code }) => level === 'wrong' && code !== 'disk_in_memory')
    .map(({ code }) => code);
const noted = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level === 'note').map(({ code }) => code);

async function listening(host = '127.0.0.1'): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    // A look that ends at once.
    socket.on('error', () => undefined).end('220 mail\r\n');
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

it('a bench without a fault is well, and is as it was', async () => {
  await bench.record({ readings: [{ value: '7.01', unit: 'pH' }] });
  mkdirSync(bench.captures);
  const findings = await found();
  expect(wrong(findings)).toEqual([]);
  expect(findings.some(({ message }) => message.startsWith('a sync takes'))).toBe(true);
  expect(readdirSync(bench.captures)).toEqual([]);
  const { out } = await elmetron(['doctor', '-c', bench.config]);
  expect(out).toMatch(/^Configuration +ok/);
});

describe('configuration', () => {
  it('every mistake in it, with what is allowed; the rest is examined as far as it goes', async () => {
    bench.write('app.toml', '[storage]\narchive_days = -1\nfoo = 2\n');
    const findings = await found();
    expect(wrong(findings)).toEqual(['config_invalid', 'config_invalid']);
    expect(findings.map(({ area }) => area)).toContain('versions');
  });

  it('one that is not there', async () => {
    const ran = await elmetron(['doctor', '--json', '-c', bench.path('none.toml')]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('config_missing');
  });

  it('a writer that acquisition does not know', async () => {
    const text = 'consumers = ["archive"]\n';
    bench.write(
      'app.toml',
      `[acquisition]\nendpoint = "tcp://127.0.0.1:1"\n${text}spool_dir = '${bench.path('spool')}'\n${settings({})}`,
    );
    expect(wrong(await found())).toContain('consumer_unknown');
  });
});

describe('device', () => {
  it('a port that is not there, and one that is none', async () => {
    configure({ port: bench.path('ttyUSB7') });
    expect(wrong(await found())).toEqual(['port_missing']);
    configure({ port: process.execPath.replaceAll('\\', '/') });
    expect(wrong(await found())).toEqual(['port_unsuitable']);
  });

  it('"auto": no adapter, and more than one', async () => {
    const nobody = new Proc(bench.path('proc'));
    const other = { path: '/dev/ttyS0' };
    const none = await examineDevice('auto', nobody, [], async () => [other]);
    expect(wrong(none)).toEqual(['port_missing']);
    expect(none[0]?.message).toContain('/dev/ttyS0');
    const adapter = { path: '/dev/null', vendorId: '0403' };
    const two = await examineDevice('auto', nobody, [], async () => [adapter, adapter]);
    expect([wrong(two), noted(two)]).toEqual([[], ['several_adapters']]);
  });

  it('one that another program holds, by its name', async () => {
    madeProcess(77, ['/usr/bin/minicom'], { fd: '/dev/null' });
    const proc = new Proc(bench.path('proc'));
    const findings = await examineDevice('/dev/null', proc, []);
    expect(wrong(findings)).toEqual(['port_busy']);
    expect(findings[0]?.message).toContain('minicom (process 77)');
    const config = bench.config;
    const ours = { pid: 77, role: 'acquisition', config, keptBy: { kind: 'pm2' } } as const;
    expect(wrong(await examineDevice('/dev/null', proc, [ours]))).toEqual([]);
  });
});

describe('endpoints', () => {
  it('taken by a program that is not ours', async () => {
    configure({ stream: await listening() });
    expect(wrong(await found())).toEqual(['endpoint_taken']);
    configure({ health: await listening() });
    expect(wrong(await found())).toEqual(['endpoint_taken']);
  });

  it('two configurations on one port', async () => {
    const port = bench.path('ttyUSB7');
    configure({ port });
    bench.write(
      'bench-2.toml',
      settings({ port }) + `[acquisition]\nlive_endpoint = "tcp://127.0.0.1:2"`,
    );
    // Of no use to anybody, and so in nobody's way.
    bench.write('broken.toml', 'nothing = [');
    const findings = await found();
    expect(wrong(findings)).toEqual([
      'port_missing',
      'shared_with_neighbour',
      'shared_with_neighbour',
    ]);
    expect(findings.map(({ message }) => message).join()).toMatch(
      /live_endpoint \(2\).*device\.port \(.*ttyUSB7\)/s,
    );
  });
});

describe.runIf(process.platform === 'linux')('page', () => {
  /** This test is the process that listens, with that configuration; its own if not said. */
  const look = async (port: number, configOfPage?: string, host = '127.0.0.1') => {
    configure({ more: `[dashboard]\nport = ${port}\nhost = "${host}"\n` });
    const config = configOfPage ?? bench.config;
    const page = {
      pid: process.pid,
      role: 'dashboard',
      config,
      keptBy: { kind: 'nobody' },
    } as const;
    return examinePage(loadConfig(bench.config), new Proc(), [page]);
  };

  it('on a port that another program has: worth a note, and nothing wrong', async () => {
    configure({ more: `[dashboard]\nport = ${await listening()}\n` });
    const findings = await found();
    expect(noted(findings)).toContain('page_port_taken');
    expect(wrong(findings)).toEqual([]);
  });

  it('of another configuration, where one page could show both', async () => {
    const findings = await look(await listening(), '/etc/elmetron/other.toml');
    expect(noted(findings)).toEqual(['page_of_ours']);
    expect(findings[0]?.advice).toContain(bench.config);
  });

  it('that runs', async () => {
    const port = await listening();
    expect(await look(port)).toMatchObject([{ level: 'ok', message: `http://127.0.0.1:${port}/` }]);
  });

  it.runIf(hasIPv6)('that runs at an address of IPv6: as a browser takes it', async () => {
    const port = await listening('::1');
    const findings = await look(port, undefined, '::1');
    expect(findings).toMatchObject([{ level: 'ok', message: `http://[::1]:${port}/` }]);
  });

  it('that is switched off, or does not run', async () => {
    expect(await look(0)).toMatchObject([{ level: 'ok' }]);
    expect(await look(1)).toMatchObject([{ level: 'ok', message: 'port 1 is free' }]);
  });
});

describe('leftovers', () => {
  const buffer = () => {
    mkdirSync(bench.captures, { recursive: true });
    writeFileSync(join(bench.captures, bufferFileName(SESSION, RUN, 1)), '{"v":1}\n');
  };

  it('buffers of a writer that is gone, not those of one that lives', async () => {
    buffer();
    expect(wrong(await found())).toEqual(['orphaned_buffers']);
    const lock = RunLock.acquire(bench.captures, RUN);
    expect(wrong(await found())).toEqual([]);
    lock.release();
    expect(wrong(await found())).toEqual(['orphaned_buffers']);
    expect(existsSync(join(bench.captures, bufferFileName(SESSION, RUN, 1)))).toBe(true);
  });

  it('what was set aside; a torn end is only noted', async () => {
    const dir = join(bench.captures, 'quarantine');
    const quarantine = new Quarantine({ dir, clock: systemClock });
    const entry = { origin: 'one', position: 0, bytes: Buffer.from('x') };
    await quarantine.put({ ...entry, reason: 'torn' });
    const torn = await found();
    expect([wrong(torn), noted(torn).includes('torn_end')]).toEqual([[], true]);
    await quarantine.put({ ...entry, origin: 'two', reason: 'bad_crc: of no line' });
    const both = await found();
    expect(wrong(both)).toEqual(['quarantine']);
    expect(both.map(({ message }) => message).join()).toContain('1 bad_crc');
  });

  it('a rebuild that is owed, a database set aside, a spool that nobody offers, old files in the making', async () => {
    mkdirSync(dirname(bench.database), { recursive: true });
    writeFileSync(`${bench.database}.rebuild-owed`, '2026-03-01T08:00:00.000Z damaged: x\n');
    writeFileSync(`${bench.database}.damaged-20260301T080000Z`, '');
    bench.write('data/spool/bench-7/session_x_000001_spool.jsonl', 'x\n');
    const old = bench.write('captures/archive/x.gz.tmp', '');
    utimesSync(old, 1, 1);
    bench.write('captures/archive/new.gz.tmp', '');
    const findings = await found();
    expect(wrong(findings)).toEqual(['rebuild_owed', 'spool_of_another']);
    expect(noted(findings)).toEqual(
      expect.arrayContaining(['database_set_aside', 'temporary_files']),
    );
    expect(findings.map(({ message }) => message).join()).not.toContain('new.gz.tmp');
  });
});

describe('disks', () => {
  it.runIf(process.platform === 'linux' && existsSync('/dev/shm'))('one in memory', async () => {
    bench.write(
      'app.toml',
      `[storage]\ncaptures_dir = "/dev/shm/elmetron-no-such-directory"\n${settings({})}`,
    );
    expect((await found()).map(({ code }) => code)).toContain('disk_in_memory');
  });

  it('a path that leads through a file', async () => {
    bench.write('file', '');
    bench.write('app.toml', `[storage]\ncaptures_dir = '${bench.path('file')}'\n${settings({})}`);
    expect(wrong(await found())).toContain('no_directory');
  });
});

describe('clock', () => {
  const at = (now: number) => ({ now: () => now });

  it('a year that cannot be', async () => {
    const codes = async (now: number) => wrong(await examineClock(undefined, at(now), bench.dir));
    expect(await codes(Date.UTC(1970, 0, 1))).toEqual(['clock_year']);
    expect(await codes(Date.UTC(2150, 0, 1))).toEqual(['clock_year']);
    expect(await codes(Date.UTC(2026, 10, 27))).toEqual([]);
  });

  it('one that is behind the newest reading', async () => {
    await bench.record({ readings: [{ value: '7.01', unit: 'pH' }] });
    const { storage } = loadConfig(bench.config).app;
    const newest = Date.parse('2026-03-01T08:00:01.000Z');
    const codes = async (now: number) => wrong(await examineClock(storage, at(now), bench.dir));
    expect(await codes(newest - 60_000)).toEqual(['clock_behind']);
    expect(await codes(newest)).toEqual([]);
  });

  it('is looked at after the readings, which go on coming meanwhile', async () => {
    await bench.record({ readings: [{ value: '7.01', unit: 'pH' }] });
    const { storage } = loadConfig(bench.config).app;
    let now = Date.parse('2026-03-01T08:00:01.000Z') - 60_000;
    const slow = {
      ...storage,
      get database_path() {
        now += 60_000;
        return storage.database_path;
      },
    };
    expect(wrong(await examineClock(slow, { now: () => now }, bench.dir))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('what keeps it right', async () => {
    const now = at(Date.UTC(2026, 10, 27));
    expect(noted(await examineClock(undefined, now, bench.dir))).toEqual(['clock_unkept']);
    bench.write('proc/12/comm', 'systemd-timesyn\n');
    expect(noted(await examineClock(undefined, now, bench.dir))).toEqual(['clock_unsynchronized']);
    bench.write('run/systemd/timesync/synchronized', '');
    expect((await examineClock(undefined, now, bench.dir))[0]?.message).toContain('timesyncd');
  });
});

describe('versions', () => {
  it('a Node that is too old', async () => {
    expect(wrong(await examineVersions(undefined, '18.20.4'))).toEqual(['node_too_old']);
    expect(wrong(await examineVersions(undefined, '20.19.0'))).toEqual([]);
  });

  it('a database that is none, and one that is damaged', async () => {
    await bench.record({ readings: [], emulated: true });
    bench.write('data/elmetron.sqlite', 'a letter to my aunt, and a long one at that');
    expect(wrong(await found())).toEqual(['store_foreign']);
    cpSync(bench.demo, bench.database);
    expect(wrong(await found())).toEqual([]);
  });
});

/** A process as /proc shows it. */
function madeProcess(
  pid: number,
  words: readonly string[],
  of: { fd?: string; parent?: number; cwd?: string; cgroup?: string } = {},
): void {
  const at = `proc/${pid}`;
  bench.write(`${at}/cmdline`, words.join('\0'));
  bench.write(`${at}/stat`, `${pid} (a (b) c) S ${of.parent ?? 1} 1 1`);
  bench.write(`${at}/cgroup`, of.cgroup ?? '0::/user.slice/user-1000.slice/session-2.scope\n');
  mkdirSync(bench.path(at, 'fd'), { recursive: true });
  if (of.fd !== undefined) symlinkSync(of.fd, bench.path(at, 'fd', '5'));
  if (of.cwd !== undefined) symlinkSync(of.cwd, bench.path(at, 'cwd'));
}

describe.runIf(process.platform === 'linux')('what keeps the processes running', () => {
  const config = () => bench.config;
  const main = (role: string) => ['/usr/bin/node', `/opt/elmetron/apps/${role}/dist/main.js`];

  it('PM2, systemd, nobody, and what is no process of ours', async () => {
    madeProcess(1, ['/sbin/init'], { parent: 0 });
    madeProcess(10, ['PM2 v7.0.4: God Daemon (/root/.pm2)']);
    madeProcess(11, [...main('writer'), '--config', config()], { parent: 10, cwd: bench.dir });
    madeProcess(12, [...main('acquisition'), '--config', 'app.toml'], {
      cwd: bench.dir,
      cgroup: '0::/system.slice/elmetron-acquisition.service\n',
    });
    madeProcess(13, [...main('writer'), '--config=other.toml'], { cwd: bench.dir });
    const launcher = ['node', '/opt/elmetron/config/writer-with-recovery.mjs'];
    madeProcess(15, launcher, { parent: 10, cwd: bench.dir });
    madeProcess(14, ['/usr/bin/vim', '/opt/elmetron/apps/writer/dist/main.js']);
    const running = await ownProcesses(new Proc(bench.path('proc')));
    const [path, other] = [config(), bench.path('other.toml')];
    expect(running).toEqual([
      { pid: 11, role: 'writer', config: path, keptBy: { kind: 'pm2' } },
      {
        pid: 12,
        role: 'acquisition',
        config: path,
        keptBy: { kind: 'systemd', unit: 'elmetron-acquisition.service' },
      },
      { pid: 13, role: 'writer', config: other, keptBy: { kind: 'nobody' } },
      { pid: 15, role: 'writer', config: bench.path('config/app.toml'), keptBy: { kind: 'pm2' } },
    ]);
    const codes = async (at: string) => noted(await examineProcessManager(at, running, bench.dir));
    expect(await codes(path)).toEqual(['not_saved']);
    bench.write('.pm2/dump.pm2', '[{"args":["config/writer-with-recovery.mjs"]}]');
    expect(await codes(path)).toEqual([]);
    expect(await codes(other)).toEqual(['not_managed']);
    expect(await codes(bench.path('third.toml'))).toEqual(['nothing_runs']);
  });

  it('one that runs twice, one that does not answer, and what a page says with its remedy', () => {
    const silent = { state: 'silent', why: 'does not run' } as const;
    const reason = { code: 'database_locked', level: 'degraded', message: 'm', since: '' } as const;
    const page = { status: 'degraded', reasons: [reason] } as const;
    const own = (pid: number) =>
      ({ pid, role: 'acquisition', config: config(), keptBy: { kind: 'nobody' } }) as const;
    const findings = examineProcesses(
      { appPath: config() },
      { acquisition: silent, writer: { state: 'answers', page } },
      [own(1), own(2)],
    );
    expect(wrong(findings)).toEqual(['no_answer', 'runs_twice', 'database_locked']);
    const told = examineProcesses(
      { appPath: config() },
      { acquisition: silent, writer: silent },
      [],
    );
    expect([wrong(told), noted(told)]).toEqual([[], ['not_running', 'not_running']]);
  });
});
