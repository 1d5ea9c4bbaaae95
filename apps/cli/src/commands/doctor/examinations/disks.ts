/** Where the data goes: may this user write there, is it a disk that keeps what it has, is there room, how long does a sync take. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { nearest, size } from '@elmetron/report';
import type { AppConfig } from '@elmetron/runtime';
import { measureSync } from '../../../disk/sync-time.js';
import { findingsOf, type Finding, type Findings } from '../finding.js';

interface Place {
  readonly key: string;
  readonly directory: string;
  /** Every confirmation of a reading, or every commit, waits for a sync there. */
  readonly synced: boolean;
}

export async function examineDisks(app: AppConfig): Promise<readonly Finding[]> {
  const findings = findingsOf('disks');
  const disks = new Set<number>();
  for (const place of placesOf(app)) {
    const there = await nearest(resolve(place.directory));
    if (!(await isWritable(there, place, findings))) continue;
    const { dev } = await stat(there);
    if (!disks.has(dev)) await examineDisk(there, place, app, findings);
    disks.add(dev);
    if (place.synced) await examineSync(there, place, findings);
  }
  return findings.all;
}

function placesOf({ storage, acquisition }: AppConfig): readonly Place[] {
  return [
    { key: 'storage.captures_dir', directory: storage.captures_dir, synced: true },
    { key: 'storage.database_path', directory: dirname(storage.database_path), synced: true },
    {
      key: 'storage.demo_database_path',
      directory: dirname(storage.demo_database_path),
      synced: false,
    },
    { key: 'acquisition.spool_dir', directory: acquisition.spool_dir, synced: false },
  ];
}

async function isWritable(there: string, { key, directory }: Place, findings: Findings) {
  if (!(await stat(there)).isDirectory()) {
    findings.wrong('no_directory', `${there} is no directory (${key}).`, 'Correct the path.');
    return false;
  }
  try {
    await access(there, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    const made = there === resolve(directory) ? '' : `, so ${directory} cannot be made`;
    findings.wrong(
      'not_writable',
      `This user may not write in ${there}${made} (${key}).`,
      'Run the programs, and this one, as the user that owns the data, or give this user the right.',
    );
    return false;
  }
}

const SCARCE_BYTES = 1_000_000_000;
const NONE_BYTES = 100_000_000;

/** By the number that Linux gives a kind of file system. */
const VOLATILE = new Set([0x01021994, 0x858458f6]);
const NETWORK = new Set([0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x01021997, 0x65735546]);

async function examineDisk(
  there: string,
  { key }: Place,
  { acquisition }: AppConfig,
  findings: Findings,
): Promise<void> {
  const { type, bavail, blocks, bsize } = await statfs(there);
  const free = bavail * bsize;
  const room = `${size(free)} of ${size(blocks * bsize)} free at ${there}`;
  if (free < NONE_BYTES) {
    findings.wrong(
      'disk_full',
      `Only ${room} (${key}).`,
      'Make room now: recording is about to stop.',
    );
  } else if (free < SCARCE_BYTES) {
    findings.wrong('disk_scarce', `Only ${room} (${key}).`, 'Make room: a few days may need it.');
  } else if (free < acquisition.spool_max_bytes) {
    findings.note(
      'spool_beyond_disk',
      `${room}: less than what the spool may take ([acquisition] spool_max_bytes, ${size(acquisition.spool_max_bytes)}).`,
    );
  } else {
    findings.ok(room);
  }
  if (process.platform !== 'linux') return;
  if (VOLATILE.has(type)) {
    findings.wrong(
      'disk_in_memory',
      `${there} lies in memory (${key}): all of it is gone when the computer is switched off.`,
      'Choose a directory on a disk.',
    );
  } else if (NETWORK.has(type)) {
    findings.wrong(
      'disk_in_network',
      `${there} lies on another computer, or behind a program (${key}): a confirmed reading may be lost in a power cut, and locks may not hold.`,
      'Choose a directory on a disk of this computer.',
    );
  }
}

const SLOW_MS = 100;
const TOO_SLOW_MS = 1000;

async function examineSync(there: string, { key }: Place, findings: Findings): Promise<void> {
  let words: string;
  let median: number;
  try {
    const time = await measureSync(there);
    median = time.median_ms;
    words = `a sync takes ${figure(median)} ms, at worst ${figure(time.worst_ms)} ms, at ${there}`;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    findings.wrong(
      'no_sync',
      `A file at ${there} cannot be written and synced (${said}; ${key}).`,
      'Look at the room and at the disk itself (dmesg).',
    );
    return;
  }
  if (median > TOO_SLOW_MS) {
    findings.wrong(
      'sync_too_slow',
      `${words} (${key}): readings are confirmed that late.`,
      'Choose another disk, or end what keeps this one busy.',
    );
  } else if (median > SLOW_MS) {
    findings.note(
      'sync_slow',
      `${words} (${key}).`,
      'Enough for one meter; see what keeps the disk busy.',
    );
  } else {
    findings.ok(words);
  }
}

function figure(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}
