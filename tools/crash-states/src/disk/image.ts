/**
 * One outcome of a power cut: every pending change has a fate, and from that follows what is found
 * when the power is back. An image says by keys what is in each file before the bytes are made, so
 * that outcomes that cannot differ are told apart from new ones without making them.
 */
import {
  applied,
  applyNames,
  resized,
  ROOT,
  type Disk,
  type DiskNode,
  type NodeId,
  type Pending,
  type PendingWrite,
} from './disk.js';

export type Fate =
  | 'there'
  | 'gone'
  /** The file has the length, the bytes did not make it. */
  | 'length only'
  /** Of a write only these ranges made it; the rest is as before, or zeros. */
  | {
      readonly kept: readonly (readonly [from: number, to: number])[];
      readonly rest: 'old' | 'zeros';
    };

export interface Outcome {
  readonly fate: (change: Pending) => Fate;
  /** Files whose growth did not make it: cut at the length that was synced. */
  readonly clipped?: ReadonlySet<NodeId>;
}

export interface ImageFile {
  readonly path: string;
  /** Equal keys within one replay mean equal bytes. */
  readonly key: string;
  readonly content: () => Buffer;
}

export interface Image {
  /** Without the root, parents first. */
  readonly directories: readonly string[];
  /** By path. */
  readonly files: readonly ImageFile[];
}

export function imageOf(disk: Disk, outcome: Outcome): Image {
  const changes = new Map<NodeId, Pending[]>();
  for (const change of disk.pending) {
    const list = changes.get(change.node);
    if (list === undefined) changes.set(change.node, [change]);
    else list.push(change);
  }
  const directories: string[] = [];
  const files: ImageFile[] = [];
  const walk = (id: NodeId, path: string): void => {
    const names = new Map(disk.node(id).names);
    for (const change of changes.get(id) ?? []) {
      if (change.kind === 'names' && outcome.fate(change) === 'there') applyNames(change, names);
    }
    for (const [name, child] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const full = path === '' ? name : `${path}/${name}`;
      const node = disk.node(child);
      if (node.directory) {
        directories.push(full);
        walk(child, full);
      } else {
        files.push(fileOf(full, node, changes.get(child) ?? [], outcome));
      }
    }
  };
  walk(ROOT, '');
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { directories, files };
}

function fileOf(
  path: string,
  node: DiskNode,
  changes: readonly Pending[],
  { fate, clipped }: Outcome,
): ImageFile {
  const met = changes
    .filter((change) => change.kind !== 'names')
    .map((change) => ({ change, fate: fate(change) }))
    .filter((one) => one.fate !== 'gone');
  const cut = clipped?.has(node.id) === true;
  const fates = met.map((one) => `${one.change.id}${nameOf(one.fate)}`).join(',');
  const key = `${node.id}.${node.version}:${fates}${cut ? '|' : ''}`;
  const { synced } = node;
  const content = (): Buffer => {
    let bytes = synced;
    for (const one of met) {
      bytes =
        one.change.kind === 'write'
          ? written(bytes, one.change, one.fate)
          : applied(bytes, one.change);
    }
    return cut ? resized(bytes, Math.min(bytes.length, synced.length)) : bytes;
  };
  return { path, key, content };
}

function nameOf(fate: Fate): string {
  if (fate === 'there') return '';
  if (typeof fate === 'string') return fate;
  return `${fate.rest}${fate.kept.map(([from, to]) => `${from}-${to}`).join('+')}`;
}

function written(content: Buffer, change: PendingWrite, fate: Fate): Buffer {
  const end = change.offset + change.bytes.length;
  if (fate === 'there') return applied(content, change);
  if (fate === 'gone') return content;
  if (fate === 'length only') return resized(content, Math.max(content.length, end));
  let result = content;
  if (fate.rest === 'zeros') {
    result = applied(content, { ...change, bytes: Buffer.alloc(change.bytes.length) });
  }
  for (const [from, to] of fate.kept) {
    const piece = change.bytes.subarray(from, to);
    result = applied(result, { ...change, offset: change.offset + from, bytes: piece });
  }
  return result;
}

/** What the running processes see, and what is found when only they died: everything. */
export const everything: Outcome = { fate: () => 'there' };
