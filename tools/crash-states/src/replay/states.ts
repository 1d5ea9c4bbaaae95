/**
 * All states of a recording that differ: in what the disk holds, or in what has to be found on it.
 * The same state reached at several moments, or in several ways, is one; the way that comes first
 * in the order of kinds counts.
 */
import { createHash } from 'node:crypto';
import type { DiskState } from '../check/state.js';
import { everything, imageOf, type Image } from '../disk/image.js';
import {
  OUTCOME_KINDS,
  outcomesOf,
  type KindedOutcome,
  type OutcomeKind,
} from '../disk/outcomes.js';
import type { Disk } from '../disk/disk.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Owed } from './obligations.js';
import type { Recording } from './recording.js';
import { replay, type Moment } from './replay.js';

export interface CutState {
  /** Tells states of one recording apart: `217 one dropped 93`. */
  readonly id: string;
  readonly kind: OutcomeKind;
  /** `writer: fdatasync ends` */
  readonly what: string;
  readonly state: DiskState;
}

export interface RecordingFigures {
  readonly moments: number;
  /** Different states by kind, as far as their making tells; some may yet hold the same bytes. */
  readonly candidates: Readonly<Record<OutcomeKind, number>>;
}

/** Over a synced file system and a laggard, a generous while. */
const PATIENCE = { ms: 2_500, records: 30 };

interface Candidate {
  readonly moment: Moment;
  readonly kind: OutcomeKind;
  readonly id: string;
  readonly image: Image;
  readonly owed: Owed;
  /** Counts from 0 within its kind. */
  readonly ordinal: number;
}

/** Counts without making a byte; also learns, for a spool, what records there are. */
export function figuresOf(recording: Recording, scenario: Scenario): RecordingFigures {
  const candidates = noneByKind();
  let moments = 0;
  const seen = (): void => {
    moments++;
  };
  for (const { kind } of candidatesOf(recording, scenario, seen)) candidates[kind]++;
  return { moments, candidates };
}

export interface Choice {
  readonly kinds: ReadonlySet<OutcomeKind>;
  /** Of each kind only every so many-th state; absent: all. */
  readonly every?: Readonly<Record<OutcomeKind, number>>;
  /** Only states on which something has to be found. */
  readonly owing?: boolean;
}

/** States whose bytes or duties differ from those of all states that came before. */
export function* statesOf(
  recording: Recording,
  scenario: Scenario,
  { kinds, every, owing = false }: Choice,
): Generator<CutState> {
  const hashes = new Map<string, string>();
  const given = new Set<string>();
  for (const candidate of candidatesOf(recording, scenario)) {
    const { kind, image, owed, moment } = candidate;
    if (!kinds.has(kind) || (owing && !isOwing(owed))) continue;
    if (every !== undefined && candidate.ordinal % every[kind] !== 0) continue;
    const fingerprint = fingerprintOf(image, owed, hashes);
    if (given.has(fingerprint)) continue;
    given.add(fingerprint);
    const files = image.files.map(({ path, content }) => ({ path, content: content() }));
    const state = {
      directories: image.directories,
      files,
      owed,
      databaseLost: kind === 'database lost',
    };
    yield { id: candidate.id, kind, what: moment.what, state };
  }
}

function isOwing({ acknowledged, kept, damaged }: Owed): boolean {
  return Object.keys({ ...acknowledged, ...kept }).length + damaged.length > 0;
}

export function noneByKind(): Record<OutcomeKind, number> {
  return Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 0])) as Record<OutcomeKind, number>;
}

function* candidatesOf(
  recording: Recording,
  scenario: Scenario,
  moments: () => void = () => undefined,
): Generator<Candidate> {
  const given = new Set<string>();
  const ordinals = noneByKind();
  for (const moment of replay(recording, { patience: PATIENCE })) {
    moments();
    const duties = { killed: dutyOf(moment, true), cut: dutyOf(moment, false) };
    for (const { kind, detail, image } of imagesAt(moment.disk, scenario)) {
      const { owed, text } = kind === 'all pending' ? duties.killed : duties.cut;
      const key = `${image.files.map(({ path, key: file }) => `${path} ${file}`).join('\n')}\n${image.directories.join('\n')}\n${text}`;
      if (given.has(key)) continue;
      given.add(key);
      const id = [moment.number, kind, detail].join(' ').trim();
      yield { moment, kind, id, image, owed, ordinal: ordinals[kind]++ };
    }
  }
}

function dutyOf({ owed }: Moment, killed: boolean): { readonly owed: Owed; readonly text: string } {
  const duty = owed(killed);
  return { owed: duty, text: JSON.stringify([duty.acknowledged, duty.kept, duty.damaged.length]) };
}

interface KindedImage {
  readonly kind: OutcomeKind;
  readonly detail: string;
  readonly image: Image;
}

function* imagesAt(disk: Disk, scenario: Scenario): Generator<KindedImage> {
  const cuts = [...outcomesOf(disk)];
  for (const { kind, detail, outcome } of cuts)
    yield { kind, detail, image: imageOf(disk, outcome) };
  for (const kind of scenario.takenAway ?? []) {
    for (const { detail, image } of takenAway(kind, disk, cuts)) yield { kind, detail, image };
  }
}

const DATABASE = '.sqlite';
const LOG = '.sqlite-wal';

function* takenAway(
  kind: 'wal lost' | 'database lost',
  disk: Disk,
  cuts: readonly KindedOutcome[],
): Generator<{ readonly detail: string; readonly image: Image }> {
  for (const { kind: cut, outcome } of cuts) {
    if (cut !== 'only synced' && cut !== 'all pending') continue;
    const image = imageOf(disk, outcome);
    const gone = (path: string): boolean => {
      if (kind === 'database lost') return path.endsWith(DATABASE) || path.endsWith(LOG);
      return path.endsWith(LOG) && !isBeingWritten(path.replace(/-wal$/, ''), disk);
    };
    const files = image.files.filter(({ path }) => !gone(path));
    if (files.length === image.files.length) continue;
    yield { detail: cut, image: { ...image, files } };
  }
}

/** In the middle of a checkpoint the log is what makes the database whole. */
function isBeingWritten(path: string, disk: Disk): boolean {
  const now = imageOf(disk, everything);
  return now.files.some((file) => file.path === path && !file.key.endsWith(':'));
}

function fingerprintOf(image: Image, owed: Owed, hashes: Map<string, string>): string {
  const hash = createHash('sha1');
  for (const directory of image.directories) hash.update(`${directory}/\n`);
  for (const { path, key, content } of image.files) {
    const known = hashes.get(key) ?? createHash('sha1').update(content()).digest('hex');
    hashes.set(key, known);
    hash.update(`${path} ${known}\n`);
  }
  return hash
    .update(JSON.stringify([owed.acknowledged, owed.kept, owed.damaged.length]))
    .digest('hex');
}
