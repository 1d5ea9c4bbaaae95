/**
 * What is on a disk, what may be on it, and why. A file is what was synced of it and what was
 * written since; a directory is the names that were synced and the changes since. Nothing follows
 * from anything else: a synced file has no name until its directory is synced, a synced name may
 * lead to a file of no length. That is all that POSIX promises, and less than most file systems do.
 *
 * Every change that no sync covers is *pending*: after a power cut it may be there, or not, or in
 * part. A change is pending from the moment its call begins, for it may have got that far.
 */

export type NodeId = number;

export interface PendingWrite {
  readonly kind: 'write';
  readonly id: number;
  readonly node: NodeId;
  readonly offset: number;
  readonly bytes: Buffer;
}

export interface PendingLength {
  readonly kind: 'length';
  readonly id: number;
  readonly node: NodeId;
  readonly length: number;
}

/** A change of one directory's names; both halves of a rename are one, as it is for the file system. */
export interface PendingNames {
  readonly kind: 'names';
  readonly id: number;
  readonly node: NodeId;
  readonly what: 'create' | 'mkdir' | 'rename' | 'unlink';
  readonly remove: string | undefined;
  readonly add: { readonly name: string; readonly node: NodeId } | undefined;
}

export type Pending = PendingWrite | PendingLength | PendingNames;

export interface DiskNode {
  readonly id: NodeId;
  readonly directory: boolean;
  /** Of a file: what was synced. */
  readonly synced: Buffer;
  /** Of a directory: the names that were synced. */
  readonly names: ReadonlyMap<string, NodeId>;
  /** Changes with every sync that took something: content of another version may be another. */
  readonly version: number;
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };
interface Node extends Changing<DiskNode> {
  names: Map<string, NodeId>;
  /** As the running processes see it. */
  length: number;
  seen: Map<string, NodeId>;
}

/** A sync that is under way: which changes it covers. */
export interface SyncUnderWay {
  readonly covers: readonly Pending[];
}

export const ROOT: NodeId = 0;

export class Disk {
  readonly #nodes = new Map<NodeId, Node>();
  #pending: Pending[] = [];
  /** Issued, but the call has not returned. */
  readonly #running = new Set<Pending>();
  /** A sync of these has failed: the kernel takes them for written, and no later sync writes them. */
  readonly #forsaken = new Set<Pending>();
  #lastId = 0;
  #lastNode = ROOT;

  constructor() {
    this.#nodes.set(ROOT, newNode(ROOT, true));
  }

  /** In the order in which they were issued. */
  get pending(): readonly Pending[] {
    return this.#pending;
  }

  node(id: NodeId): DiskNode {
    return this.#node(id);
  }

  /** Where a path leads for the running processes; undefined when nowhere. */
  find(path: string): NodeId | undefined {
    let at: NodeId | undefined = ROOT;
    for (const name of path.split('/').filter(Boolean)) {
      if (at === undefined) return undefined;
      at = this.#node(at).seen.get(name);
    }
    return at;
  }

  isDirectory(id: NodeId): boolean {
    return this.#node(id).directory;
  }

  /** Of a file, as the running processes see it. */
  lengthOf(id: NodeId): number {
    return this.#node(id).length;
  }

  /** A call has returned: a sync that begins from now on covers what it did. */
  returned(change: Pending): void {
    this.#running.delete(change);
  }

  /** What was issued by calls that have not returned. */
  get running(): readonly Pending[] {
    return [...this.#running];
  }

  /** Of a call that never returned: so many bytes of a write were done, or nothing of it (0); Infinity: all. */
  cutOff(change: Pending, kept: number): void {
    this.#running.delete(change);
    if (kept === Infinity) return;
    this.#pending = this.#pending.flatMap((other) => {
      if (other !== change) return [other];
      return change.kind === 'write' && kept > 0
        ? [{ ...change, bytes: change.bytes.subarray(0, kept) }]
        : [];
    });
    this.#look(this.#node(change.node));
  }

  create(path: string, directory: boolean): { readonly node: NodeId; readonly change: Pending } {
    const node = ++this.#lastNode;
    this.#nodes.set(node, newNode(node, directory));
    const [parent, name] = this.#place(path);
    const what = directory ? 'mkdir' : 'create';
    const change = this.#issueNames({ node: parent, what, remove: undefined, add: { name, node } });
    return { node, change };
  }

  write(node: NodeId, offset: number, bytes: Buffer): Pending {
    const file = this.#node(node);
    file.length = Math.max(file.length, offset + bytes.length);
    return this.#issue({ kind: 'write', id: ++this.#lastId, node, offset, bytes });
  }

  setLength(node: NodeId, length: number): Pending {
    this.#node(node).length = length;
    return this.#issue({ kind: 'length', id: ++this.#lastId, node, length });
  }

  /** Within one directory. */
  rename(from: string, to: string): Pending {
    const [parent, name] = this.#place(to);
    const [sameParent, remove] = this.#place(from);
    if (parent !== sameParent) throw new Error(`${from} is renamed into another directory`);
    const node = this.#node(parent).seen.get(remove);
    if (node === undefined) throw new Error(`${from} is renamed but is not there`);
    return this.#issueNames({ node: parent, what: 'rename', remove, add: { name, node } });
  }

  unlink(path: string): Pending {
    const [node, remove] = this.#place(path);
    return this.#issueNames({ node, what: 'unlink', remove, add: undefined });
  }

  beginSync(node: NodeId): SyncUnderWay {
    const covers = this.#pending.filter(
      (change) => change.node === node && !this.#running.has(change) && !this.#forsaken.has(change),
    );
    return { covers };
  }

  /** What it covers is certain from now on; or, when it failed, will never be. */
  endSync({ covers }: SyncUnderWay, succeeded: boolean): void {
    if (!succeeded) {
      for (const change of covers) this.#forsaken.add(change);
      return;
    }
    const covered = new Set(covers.filter((change) => !this.#forsaken.has(change)));
    if (covered.size === 0) return;
    for (const change of this.#pending) if (covered.has(change)) this.#settle(change);
    this.#pending = this.#pending.filter((change) => !covered.has(change));
  }

  /** The disk holds this and nothing else, all of it certain. Files by their path; directories end with a slash. */
  reset(files: ReadonlyMap<string, Buffer>): void {
    this.#nodes.clear();
    this.#pending = [];
    this.#running.clear();
    this.#forsaken.clear();
    this.#nodes.set(ROOT, newNode(ROOT, true));
    for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const { node } = this.create(path, path.endsWith('/'));
      if (!path.endsWith('/')) this.write(node, 0, content);
    }
    for (const change of this.#pending) this.#settle(change);
    this.#pending = [];
    this.#running.clear();
  }

  #issueNames(change: Omit<PendingNames, 'id' | 'kind'>): Pending {
    applyNames(change, this.#node(change.node).seen);
    return this.#issue({ kind: 'names', id: ++this.#lastId, ...change });
  }

  #issue(change: Pending): Pending {
    this.#pending.push(change);
    this.#running.add(change);
    return change;
  }

  /** What the processes see of it, from what is certain and what is pending. */
  #look(node: Node): void {
    node.seen = new Map(node.names);
    let content = node.synced;
    for (const change of this.#pending) {
      if (change.node !== node.id) continue;
      if (change.kind === 'names') applyNames(change, node.seen);
      else content = applied(content, change);
    }
    node.length = content.length;
  }

  #settle(change: Pending): void {
    const node = this.#node(change.node);
    node.version++;
    if (change.kind === 'names') applyNames(change, node.names);
    else node.synced = applied(node.synced, change);
  }

  #place(path: string): [NodeId, string] {
    const cut = path.replace(/\/+$/, '').lastIndexOf('/');
    const parent = this.find(path.slice(0, Math.max(0, cut)));
    if (parent === undefined) throw new Error(`the directory of ${path} is not known`);
    return [parent, path.replace(/\/+$/, '').slice(cut + 1)];
  }

  #node(id: NodeId): Node {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }
}

function newNode(id: NodeId, directory: boolean): Node {
  return {
    id,
    directory,
    synced: Buffer.alloc(0),
    names: new Map(),
    version: 0,
    length: 0,
    seen: new Map(),
  };
}

export function applyNames(
  { remove, add }: Pick<PendingNames, 'remove' | 'add'>,
  names: Map<string, NodeId>,
): void {
  if (remove !== undefined) names.delete(remove);
  if (add !== undefined) names.set(add.name, add.node);
}

/** The content after the change. A write behind the end leaves zeros in between. */
export function applied(content: Buffer, change: PendingWrite | PendingLength): Buffer {
  if (change.kind === 'length') return resized(content, change.length);
  const { offset, bytes } = change;
  const grown = Buffer.alloc(Math.max(content.length, offset + bytes.length));
  content.copy(grown);
  bytes.copy(grown, offset);
  return grown;
}

export function resized(content: Buffer, length: number): Buffer {
  if (length <= content.length) return content.subarray(0, length);
  return Buffer.concat([content, Buffer.alloc(length - content.length)]);
}
