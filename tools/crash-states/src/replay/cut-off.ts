/**
 * What became of calls that never returned. A killed process may have been stopped before the kernel began with its
 * last call, in the middle of a write, or behind it: the trace shows the same in all three cases, and only what the
 * disk holds afterwards tells them apart.
 */
import type { Disk, Pending } from '../disk/disk.js';
import type { Fate, Outcome } from '../disk/image.js';

/** The kernel looks for a deadly signal between two pages of a write. */
const PAGE = 4096;

/**
 * The first outcome for which `differs` finds nothing, and on the disk from then on; undefined, and a disk as it
 * was, when there is none.
 */
export function settleCutOff(
  disk: Disk,
  differs: (outcome: Outcome) => boolean,
): Outcome | undefined {
  const changes = disk.running;
  for (const fates of combinations(changes.map(fatesOf))) {
    const of = new Map(changes.map((change, i) => [change, fates[i] ?? 'there']));
    const outcome: Outcome = { fate: (change) => of.get(change) ?? 'there' };
    if (differs(outcome)) continue;
    for (const [change, fate] of of) disk.cutOff(change, keptOf(fate));
    return outcome;
  }
  return undefined;
}

function fatesOf(change: Pending): Fate[] {
  if (change.kind !== 'write') return ['there', 'gone'];
  const { offset, bytes } = change;
  const pieces: Fate[] = [];
  for (let to = PAGE - (offset % PAGE); to < bytes.length; to += PAGE) {
    pieces.push({ kept: [[0, to]], rest: 'old' });
  }
  return ['there', 'gone', ...pieces];
}

function keptOf(fate: Fate): number {
  if (fate === 'there') return Infinity;
  return typeof fate === 'string' ? 0 : (fate.kept[0]?.[1] ?? 0);
}

function* combinations<T>([first, ...rest]: readonly (readonly T[])[]): Generator<T[]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (const others of combinations(rest)) for (const one of first) yield [one, ...others];
}
