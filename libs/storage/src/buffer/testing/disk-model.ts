/**
 * A disk in memory that knows what a power cut leaves: of data only what was synced and of names
 * only those in a synced directory are certain; of the rest anything may be there, or a part, or
 * zeros. Tests run the real code on it, cut the power at any call, and look at every outcome.
 */
import { dirname } from 'node:path';
import type { FileSystem, OpenFile } from '../file-system.js';

/** Picks one of `n` outcomes, 0 to n - 1. */
export type Choose = (n: number) => number;

interface Node {
  readonly directory: boolean;
  bytes: Buffer;
  synced: Buffer;
}

type NameChange = (names: Map<string, Node>) => void;

/** An open file whose calls do not wait. */
export interface ModelFile {
  write(bytes: Uint8Array, offset: number, length: number, position: number | null): number;
  read(into: Uint8Array, offset: number, length: number, position: number): number;
  sync(kind: 'sync' | 'datasync'): void;
  truncate(length: number): void;
  size(): number;
}

export class DiskModel implements FileSystem {
  /** Each call in turn, as `sync name`. */
  readonly calls: string[] = [];
  /** May throw in place of any call; the number of the call and what it is. */
  intercept: (call: string, number: number) => void = () => undefined;
  /** The most bytes that one write takes. */
  writeAtMost = Infinity;
  /** Bytes until the disk is full; a write takes what fits, the next one gets ENOSPC. */
  room = Infinity;
  readonly #names: Map<string, Node>;
  #durableNames: Map<string, Node>;
  /** Changes of names that no sync has covered, in their order, by directory. */
  readonly #changes: { readonly directory: string; readonly apply: NameChange }[] = [];

  constructor(names = new Map<string, Node>()) {
    this.#names = names;
    this.#durableNames = new Map(names);
  }

  /** What is found after the power came back. */
  afterPowerCut(choose: Choose): DiskModel {
    const names = new Map(this.#durableNames);
    for (const { apply } of this.#changes.slice(0, choose(this.#changes.length + 1))) apply(names);
    const left = new Map<string, Node>();
    for (const [path, node] of names) {
      if (!reachable(path, names)) continue;
      const bytes = node.directory ? node.bytes : survivingBytes(node, choose);
      left.set(path, { directory: node.directory, bytes, synced: bytes });
    }
    return new DiskModel(left);
  }

  /** What is found after only the process died: all that it wrote. */
  afterKill(): DiskModel {
    const copy = new Map<string, Node>();
    for (const [path, { directory, bytes }] of this.#names) {
      copy.set(path, { directory, bytes: Buffer.from(bytes), synced: Buffer.from(bytes) });
    }
    return new DiskModel(copy);
  }

  paths(): string[] {
    return [...this.#names].flatMap(([path, node]) => (node.directory ? [] : [path])).sort();
  }

  content(path: string): Buffer | undefined {
    return this.#names.get(path)?.bytes;
  }

  async open(path: string, flags: string): Promise<OpenFile> {
    const file = this.openNow(path, flags);
    return {
      write: async (...args) => ({ bytesWritten: file.write(...args) }),
      read: async (...args) => ({ bytesRead: file.read(...args) }),
      sync: async () => file.sync('sync'),
      datasync: async () => file.sync('datasync'),
      truncate: async (length) => file.truncate(length),
      stat: async () => ({ size: file.size() }),
      close: async () => undefined,
    };
  }

  openNow(path: string, flags: string): ModelFile {
    this.#call(`open ${flags}`, path);
    let node = this.#names.get(path);
    if (node && flags.includes('x')) throw failure('EEXIST', path);
    if (!node && flags.startsWith('r')) throw failure('ENOENT', path);
    if (!node) {
      if (this.#names.get(dirname(path))?.directory !== true) throw failure('ENOENT', path);
      node = { directory: false, bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
      this.#rename(dirname(path), setName(path, node));
    }
    if (flags.startsWith('w')) node.bytes = Buffer.alloc(0);
    return this.#file(path, node, flags.startsWith('a'));
  }

  async makeDirectory(path: string): Promise<string | undefined> {
    this.#call('mkdir', path);
    return this.#makeParentsAnd(path);
  }

  #makeParentsAnd(path: string): string | undefined {
    if (path === '/' || this.#names.get(path)?.directory === true) return undefined;
    const first = this.#makeParentsAnd(dirname(path));
    const node = { directory: true, bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
    this.#rename(dirname(path), setName(path, node));
    return first ?? path;
  }

  async readDirectory(path: string): Promise<readonly string[]> {
    if (path !== '/' && !this.#names.has(path)) throw failure('ENOENT', path);
    return [...this.#names.keys()]
      .filter((name) => dirname(name) === path)
      .map((name) => name.slice(path.length + 1));
  }

  async stat(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }> {
    const node = this.#names.get(path);
    if (!node) throw failure('ENOENT', path);
    return { size: node.bytes.length, mtimeMs: 0 };
  }

  async isRegularFile(path: string): Promise<boolean> {
    const node = this.#names.get(path);
    if (!node) throw failure('ENOENT', path);
    return !node.directory;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#call('rename', from);
    const node = this.#names.get(from);
    if (!node) throw failure('ENOENT', from);
    this.#rename(dirname(to), (names) => {
      names.delete(from);
      names.set(to, node);
    });
  }

  async unlink(path: string): Promise<void> {
    this.unlinkNow(path);
  }

  unlinkNow(path: string): void {
    this.#call('unlink', path);
    if (!this.#names.has(path)) throw failure('ENOENT', path);
    this.#rename(dirname(path), (names) => void names.delete(path));
  }

  async syncDirectory(path: string): Promise<void> {
    this.#call('syncdir', path);
    // What happened before in any directory comes along at most; of this one it is certain.
    const kept = this.#changes.splice(0);
    for (const change of kept) {
      if (change.directory === path) change.apply(this.#durableNames);
      else this.#changes.push(change);
    }
  }

  #file(path: string, node: Node, appends: boolean): ModelFile {
    return {
      write: (bytes, offset, length, position) => {
        this.#call('write', path);
        const taken = Math.min(length, this.writeAtMost, this.room);
        if (taken === 0) throw failure('ENOSPC', path);
        this.room -= taken;
        const at = appends || position === null ? node.bytes.length : position;
        const grown = Buffer.alloc(Math.max(node.bytes.length, at + taken));
        node.bytes.copy(grown);
        grown.set(bytes.subarray(offset, offset + taken), at);
        node.bytes = grown;
        return taken;
      },
      read: (into, offset, length, position) => {
        const piece = node.bytes.subarray(position, position + length);
        into.set(piece, offset);
        return piece.length;
      },
      sync: (kind) => {
        this.#call(kind, path);
        node.synced = Buffer.from(node.bytes);
      },
      truncate: (length) => {
        this.#call('truncate', path);
        this.room += Math.max(0, node.bytes.length - length);
        node.bytes = Buffer.from(node.bytes.subarray(0, length));
      },
      size: () => node.bytes.length,
    };
  }

  #call(what: string, path: string): void {
    const call = `${what} ${path}`;
    this.intercept(call, this.calls.length);
    this.calls.push(call);
  }

  #rename(directory: string, apply: NameChange): void {
    apply(this.#names);
    this.#changes.push({ directory, apply });
  }
}

export function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

const setName =
  (path: string, node: Node): NameChange =>
  (names) =>
    void names.set(path, node);

function reachable(path: string, names: ReadonlyMap<string, Node>): boolean {
  const parent = dirname(path);
  return parent === '/' || (names.get(parent)?.directory === true && reachable(parent, names));
}

/** The synced bytes that nothing overwrote are there; of the others any number, the rest missing or zeros. */
function survivingBytes({ bytes, synced }: Node, choose: Choose): Buffer {
  if (bytes.equals(synced)) return bytes;
  if (choose(3) === 0) return synced;
  let certain = 0;
  while (certain < synced.length && bytes[certain] === synced[certain]) certain += 1;
  const reached = certain + choose(bytes.length - certain + 1);
  const zeros = choose(2) === 0 ? 0 : bytes.length - reached;
  return Buffer.concat([bytes.subarray(0, reached), Buffer.alloc(zeros)]);
}
