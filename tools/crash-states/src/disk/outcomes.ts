/**
 * The outcomes of a power cut at one moment that are looked at. Not all that are possible (that
 * would be every subset of what is pending), but every way of losing one thing, of losing all
 * behind a point or all but one thing, and every way in which a write can be half done.
 */
import type { Disk, NodeId, Pending, PendingWrite } from './disk.js';
import type { Fate, Outcome } from './image.js';

export const OUTCOME_KINDS = [
  'only synced',
  'all pending',
  'wal lost',
  'database lost',
  'prefix',
  'one dropped',
  'name missing',
  'one alone',
  'length without data',
  'data without length',
  'torn write',
  'zeroed write',
] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

export interface KindedOutcome {
  readonly kind: OutcomeKind;
  /** Tells outcomes of one kind at one moment apart. */
  readonly detail: string;
  readonly outcome: Outcome;
}

const SECTOR_BYTES = 512;

/** Those that a disk can leave by itself; files that somebody takes away are not among them. */
export function* outcomesOf(disk: Disk): Generator<KindedOutcome> {
  const { pending } = disk;
  yield plain('only synced', '', () => 'gone');
  if (pending.length === 0) return;
  yield plain('all pending', '', () => 'there');
  for (let n = 1; n < pending.length; n++) {
    const kept = new Set(pending.slice(0, n));
    yield plain('prefix', String(n), (change) => (kept.has(change) ? 'there' : 'gone'));
  }
  for (const one of pending) {
    const kind = one.kind === 'names' && one.add !== undefined ? 'name missing' : 'one dropped';
    yield plain(kind, String(one.id), (change) => (change === one ? 'gone' : 'there'));
    yield plain('one alone', String(one.id), (change) => (change === one ? 'there' : 'gone'));
  }
  yield* lengths(disk);
  const last = pending.findLast((change) => change.kind === 'write');
  if (last !== undefined) yield* tears(last, pending);
}

function* lengths(disk: Disk): Generator<KindedOutcome> {
  const growing = [...growingFiles(disk)];
  const sets = growing.map((node) => new Set([node]));
  if (growing.length > 1) sets.push(new Set(growing));
  for (const files of sets) {
    const detail = [...files].join(' ');
    yield plain('length without data', detail, (change) =>
      change.kind === 'write' && files.has(change.node) ? 'length only' : 'there',
    );
    const outcome = { fate: (): Fate => 'there', clipped: files };
    yield { kind: 'data without length', detail, outcome };
  }
}

function growingFiles(disk: Disk): Set<NodeId> {
  const growing = new Set<NodeId>();
  for (const change of disk.pending) {
    if (change.kind !== 'write') continue;
    const end = change.offset + change.bytes.length;
    if (end > disk.node(change.node).synced.length) growing.add(change.node);
  }
  return growing;
}

/** The write that was under way when the power went, after all that was issued before it. */
function* tears(last: PendingWrite, pending: readonly Pending[]): Generator<KindedOutcome> {
  const before = new Set(pending.slice(0, pending.indexOf(last)));
  const torn = (kind: OutcomeKind, detail: string, fate: Fate): KindedOutcome =>
    plain(kind, `${last.id} ${detail}`, (change) =>
      change === last ? fate : before.has(change) ? 'there' : 'gone',
    );
  const { length } = last.bytes;
  for (const at of new Set([1, length >> 1, length - 1])) {
    if (at < 1 || at >= length) continue;
    yield torn('torn write', `up to ${at}`, { kept: [[0, at]], rest: 'old' });
  }
  // Sectors are written whole, in any order.
  const first = SECTOR_BYTES - (last.offset % SECTOR_BYTES);
  if (first < length) {
    const end = length - ((last.offset + length) % SECTOR_BYTES || SECTOR_BYTES);
    for (const rest of ['old', 'zeros'] as const) {
      yield torn('torn write', `first sector ${rest}`, { kept: [[0, first]], rest });
      yield torn('torn write', `without first sector ${rest}`, { kept: [[first, length]], rest });
      if (end > first) {
        yield torn('torn write', `without last sector ${rest}`, { kept: [[0, end]], rest });
      }
    }
  }
  yield torn('zeroed write', '', { kept: [], rest: 'zeros' });
}

function plain(kind: OutcomeKind, detail: string, fate: (change: Pending) => Fate): KindedOutcome {
  return { kind, detail, outcome: { fate } };
}
