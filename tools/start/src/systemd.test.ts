/** The units for systemd, looked at by systemd's own checker; and what the design asks of them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { ROOT } from './project.mjs';

const DIR = join(ROOT, 'config/systemd');
const ACQUISITION = 'elmetron-acquisition@.service';
const WRITER = 'elmetron-writer@.service';
const DASHBOARD = 'elmetron-dashboard@.service';
const SERVICES = [ACQUISITION, WRITER, DASHBOARD];
const UNITS = [...SERVICES, 'elmetron.target'];
/** Where docs/operations.md puts the programs. */
const PLACE = '/opt/elmetron/';

const analyze = (...args: string[]) =>
  spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });

/** Every value of a key, in its order. */
function values(unit: string, key: string): string[] {
  const lines = readFileSync(join(DIR, unit), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
}

const missing = analyze('--version').status === 0 ? undefined : 'there is no systemd-analyze';
if (missing !== undefined) console.log(`skipped: systemd-analyze: ${missing}`);

describe.skipIf(missing !== undefined)('systemd-analyze', () => {
  it.each(UNITS)('has nothing to say against %s', (unit) => {
    const { status, stdout, stderr } = analyze('verify', join(DIR, unit));
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  it('says so of a key that it does not know', () => {
    const dir = mkdtempSync(join(tmpdir(), 'unit-'));
    onTestFinished(() => {
      rmSync(dir, { recursive: true });
    });
    const text = readFileSync(join(DIR, WRITER), 'utf8').replace('WatchdogSec=', 'WatchdogSecs=');
    writeFileSync(join(dir, WRITER), text);
    expect(analyze('verify', join(dir, WRITER)).stderr).toContain('WatchdogSecs');
  });

  // 0 is the best, 10 the worst; a service that nothing was done for has 9.6.
  it.each([
    [ACQUISITION, 20],
    [WRITER, 16],
    [DASHBOARD, 16],
  ])('sees %s exposed to at most %d tenths', (unit, most) => {
    const { status, stdout } = analyze(
      'security',
      '--offline=yes',
      `--threshold=${most}`,
      join(DIR, unit),
    );
    expect(status, stdout).toBe(0);
  });
});

test.each(SERVICES)('%s starts programs that are there', (unit) => {
  const started = [...values(unit, 'ExecStartPre'), ...values(unit, 'ExecStart')];
  expect(started).not.toEqual([]);
  for (const command of started) {
    const program = /^-?node (\S+) --config \/etc\/elmetron\/%i\.toml$/.exec(command)?.[1];
    expect(program, command).toMatch(new RegExp(`^${PLACE}`));
    const source = (program ?? '').replace(PLACE, '').replace('/dist/', '/src/');
    expect(existsSync(join(ROOT, source.replace(/js$/, 'ts'))), command).toBe(true);
  }
});

test('the writer: recovery first and for as long as it takes, no failure of it matters, no restart after a 0', () => {
  const [recovery, ...others] = values(WRITER, 'ExecStartPre');
  expect(others).toEqual([]);
  expect(recovery).toMatch(/^-node \S+\/recovery\//);
  expect(values(WRITER, 'TimeoutStartSec')).toEqual(['infinity']);
  expect(values(WRITER, 'Restart')).toEqual(['on-failure']);
  expect(values(ACQUISITION, 'Restart')).toEqual(['always']);
});

test.each(SERVICES)('%s is never given up, and may speak to systemd', (unit) => {
  expect(values(unit, 'StartLimitIntervalSec')).toEqual(['0']);
  expect(values(unit, 'Type')).toEqual(['notify']);
  expect(values(unit, 'NotifyAccess')).toEqual(['all']);
  // ZeroMQ ends the process when it may not set the scheduling of its threads.
  expect(values(unit, 'SystemCallFilter').join(' ')).not.toContain('@resources');
});

test('the dashboard gives way to those that record', () => {
  const score = (unit: string) => Number(values(unit, 'OOMScoreAdjust')[0]);
  expect(score(DASHBOARD)).toBeGreaterThan(Math.max(score(WRITER), score(ACQUISITION)));
  expect(values(DASHBOARD, 'MemoryMax')).toHaveLength(1);
  expect(values(DASHBOARD, 'Restart')).toEqual(['always']);
});
