/** Whether the times of readings can be trusted: a sane year, not behind what was recorded, kept right by somebody. */
import { readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@elmetron/protocol';
import { duration, withDatabases } from '@elmetron/report';
import type { Config } from '@elmetron/runtime';
import { StorageError } from '@elmetron/storage';
import { localTime } from '../../../time/local-time.js';
import { findingsOf, type Finding, type Findings } from '../finding.js';

/** This program is of that year. */
const FIRST_YEAR = 2026;
const LAST_YEAR = 2100;
/** Between two looks at a clock that somebody sets right all the time. */
const TOLERANCE_MS = 2_000;

/**
 * @param storage where to look for readings; undefined: the configuration cannot be used
 * @param root where `/proc` and `/run` lie
 */
export async function examineClock(
  storage: Config['app']['storage'] | undefined,
  clock: Pick<Clock, 'now'>,
  root = '/',
): Promise<readonly Finding[]> {
  const findings = findingsOf('clock');
  const newest = storage === undefined ? undefined : await newestReading(storage);
  // Only now: to look into a database takes a while, and readings go on coming.
  const now = clock.now();
  const year = new Date(now).getUTCFullYear();
  const set = 'Set the clock, and let a time service keep it (systemd-timesyncd, chrony).';
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    findings.wrong('clock_year', `This computer says that it is ${localTime(now)}.`, set);
  }
  if (newest !== undefined && newest - now > TOLERANCE_MS) {
    findings.wrong(
      'clock_behind',
      `The clock says ${localTime(now)}, ${duration(newest - now)} before the newest reading (${localTime(newest)}): it was set back, or was wrong then.`,
      set,
    );
  }
  await examineService(root, findings);
  return findings.all;
}

async function newestReading(storage: Config['app']['storage']): Promise<number | undefined> {
  try {
    return await withDatabases(storage, (databases) => {
      const times = databases.flatMap(({ reader }) =>
        reader
          .sessions({ limit: RECENT })
          .flatMap(({ session_uid }) => reader.lastReading(session_uid) ?? [])
          .map(({ captured_at }) => Date.parse(captured_at)),
      );
      return times.length === 0 ? undefined : Math.max(...times);
    });
  } catch (error) {
    // What is wrong with a database is told elsewhere.
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

const RECENT = 20;

const SERVICES: Readonly<Record<string, string>> = {
  chronyd: 'chrony',
  'systemd-timesyn': 'systemd-timesyncd',
  ntpd: 'ntpd',
  openntpd: 'OpenNTPD',
  ptp4l: 'PTP',
};

async function examineService(root: string, findings: Findings): Promise<void> {
  if (process.platform !== 'linux') return;
  const service = await timeService(join(root, 'proc'));
  if (service === undefined) {
    findings.note(
      'clock_unkept',
      'No time service is to be seen on this computer (in a container, that of its host is not).',
      'Without one the clock drifts by seconds a day: install chrony or systemd-timesyncd.',
    );
    return;
  }
  // systemd-timesyncd makes this file when it has reached a server.
  const synchronized = existsSync(join(root, 'run/systemd/timesync/synchronized'));
  if (service === 'systemd-timesyncd' && !synchronized) {
    findings.note(
      'clock_unsynchronized',
      'systemd-timesyncd runs, but has not reached a time server since the start.',
      'Look at the network, or name a server in /etc/systemd/timesyncd.conf.',
    );
    return;
  }
  findings.ok(`kept right by ${service}`);
}

async function timeService(proc: string): Promise<string | undefined> {
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(
    pids.map((pid) => readFile(join(proc, pid, 'comm'), 'utf8').catch(() => '')),
  );
  return names.map((name) => SERVICES[name.trim()]).find((name) => name !== undefined);
}
