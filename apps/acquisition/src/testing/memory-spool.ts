/** A spool without a disk: what the outbox sees of one. */
import { StorageError } from '@elmetron/storage';
import type { KeptSession, OutboxSpool } from '../outbox/outbox.js';

export class MemorySpool implements OutboxSpool {
  maxBytes = 1_000_000;
  /** While set, the disk is full. */
  full = false;
  /** While set, it is read-only. */
  readOnly = false;
  readonly #sessions: MemorySession[] = [];

  get bytes(): number {
    return this.#sessions.reduce((sum, session) => sum + session.bytes, 0);
  }

  sessions(): readonly MemorySession[] {
    return this.#sessions.filter(({ finished, first, last }) => !finished || first <= last);
  }

  begin(session: string, startLine: Buffer): MemorySession {
    this.check();
    const begun = new MemorySession(this, session, startLine);
    this.#sessions.push(begun);
    return begun;
  }

  check(): void {
    if (this.full) throw new StorageError('spool_full', 'no space left on device');
    if (this.readOnly) throw new StorageError('buffer_unwritable', 'read-only file system');
  }
}

export class MemorySession implements KeptSession {
  readonly session: string;
  readonly startLine: Buffer;
  readonly lines: Buffer[];
  first = 0;
  finished = false;
  readonly #spool: MemorySpool;

  constructor(spool: MemorySpool, session: string, startLine: Buffer) {
    this.#spool = spool;
    this.session = session;
    this.startLine = startLine;
    this.lines = [startLine];
  }

  get last(): number {
    return this.lines.length - 1;
  }

  get bytes(): number {
    return this.lines.slice(this.first).reduce((sum, line) => sum + line.length + 1, 0);
  }

  append(line: Buffer): void {
    this.#spool.check();
    this.lines.push(line);
  }

  read(after: number, { records }: { records: number }) {
    const first = Math.max(after + 1, this.first);
    if (first > this.last) return undefined;
    return { prev: first - 1, first, lines: this.lines.slice(first, first + records) };
  }

  release(seq: number): void {
    this.first = Math.max(this.first, Math.min(seq, this.last) + 1);
  }

  finish(): void {
    this.finished = true;
  }
}
