/**
 * Goes through a recording once and stops at every moment at which the power may go: before and
 * after each call that changes the disk, and whenever something more is owed.
 */
import { CrashStatesError } from '../crash-states-error.js';
import { Disk } from '../disk/disk.js';
import { everything, imageOf, type Image, type Outcome } from '../disk/image.js';
import { readCalls, type Call } from '../trace/calls.js';
import { bytesOf, descriptorOf } from '../trace/trace-line.js';
import { settleCutOff } from './cut-off.js';
import { DiskReplay, type Ending } from './disk-replay.js';
import { Obligations, type Owed, type SpoolPatience } from './obligations.js';
import type { Act, Recording } from './recording.js';

export interface Moment {
  /** Counts from 0 over the whole recording. */
  readonly number: number;
  /** `writer: fdatasync ends`, for people. */
  readonly what: string;
  readonly disk: Disk;
  /** What has to be found when the power goes now; `killed`: when only the processes die. */
  readonly owed: (killed: boolean) => Owed;
}

export interface ReplayOptions {
  readonly patience: SpoolPatience;
}

interface Point {
  readonly line: number;
  readonly call: Call;
  readonly ends: boolean;
}

export function* replay(
  { acts, directory, account }: Recording,
  { patience }: ReplayOptions,
): Generator<Moment> {
  const disk = new Disk();
  const obligations = new Obligations(account);
  let number = 0;
  const moment = (what: string, at: number): Moment => ({
    number: number++,
    what,
    disk,
    owed: (killed) => obligations.owed(at, killed ? undefined : patience),
  });
  yield moment('the beginning', 0);
  for (const act of acts) {
    if (act.kind === 'edit') {
      disk.reset(act.left);
      obligations.damaged(act.damaged);
      yield moment('files changed by hand', 0);
      continue;
    }
    obligations.nextProcess();
    const carriedOut = new DiskReplay(disk, directory);
    const endings = new Map<Call, Ending>();
    for (const { call, ends } of pointsOf(readCalls(act.trace))) {
      let news = false;
      if (!ends) {
        const before = disk.pending.length;
        endings.set(call, carriedOut.begin(call));
        news = disk.pending.length > before;
        if (call.name === 'close') obligations.closed(call);
        if (call.name === 'sendto') news = obligations.sends(call) || news;
      } else {
        news = endings.get(call)?.() === true;
        endings.delete(call);
        if (call.name === 'recvfrom') news = obligations.received(call) || news;
        if (isSpoolWrite(call)) obligations.spooled(bytesOf(call.args[1] ?? ''), call.endedAt);
      }
      if (news) {
        const what = `${act.process}: ${call.name} ${ends ? 'ends' : 'begins'}`;
        yield moment(what, ends ? call.endedAt : call.startedAt);
      }
    }
    compareWithDisk(disk, act);
  }
}

/** Beginnings and ends in the order of the trace. */
function pointsOf(calls: readonly Call[]): Point[] {
  const points = calls.flatMap((call): Point[] => [
    { line: call.start, call, ends: false },
    ...(call.end === undefined ? [] : [{ line: call.end, call, ends: true }]),
  ]);
  return points.sort((a, b) => a.line - b.line || Number(a.ends) - Number(b.ends));
}

function isSpoolWrite(call: Call): boolean {
  const writes = call.name === 'pwrite64' || call.name === 'write';
  return (
    writes &&
    (call.result ?? -1) > 0 &&
    descriptorOf(call.args[0] ?? '')?.path.endsWith('_spool.jsonl') === true
  );
}

/**
 * The model's own test: with everything that is pending done, it must be what the processes left. What a call did
 * that never returned is found out by it.
 */
function compareWithDisk(disk: Disk, { left, process }: Extract<Act, { kind: 'trace' }>): void {
  const differing = (outcome: Outcome): string[] => differingFiles(imageOf(disk, outcome), left);
  if (settleCutOff(disk, (outcome) => differing(outcome).length > 0) !== undefined) return;
  throw new CrashStatesError(
    'bad_trace',
    `After ${process} the model of the disk is not what the disk holds: ${differing(everything).join(', ')}`,
  );
}

function differingFiles(image: Image, left: ReadonlyMap<string, Buffer>): string[] {
  const differing = image.files
    .filter(({ path, content }) => left.get(path)?.equals(content()) !== true)
    .map(({ path }) => path);
  const known = new Set([
    ...image.files.map(({ path }) => path),
    ...image.directories.map((path) => `${path}/`),
  ]);
  return [...differing, ...[...left.keys()].filter((path) => !known.has(path))];
}
