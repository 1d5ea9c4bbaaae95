/** A StreamSource whose records are numbers in memory; line n of a session is `<session>:<n>`. */
import type { OutboxBatch, StreamSession, StreamSource } from '../stream-source.js';

interface Kept {
  last: number;
  finished: boolean;
  readonly lost: Set<number>;
}

export function lineOf(session: string, seq: number): Buffer {
  return Buffer.from(`${session}:${seq}`);
}

export class MemorySource implements StreamSource {
  readonly source: string;
  readonly consumers: readonly string[];
  readonly kept = new Map<string, Kept>();
  readonly positions = new Map<string, number>();
  /** Called before an acknowledgement counts. */
  onAcknowledge: (consumer: string, session: string, seq: number) => void = () => {};

  constructor(consumers: readonly string[] = ['writer'], source = 'bench-1') {
    this.consumers = consumers;
    this.source = source;
  }

  begin(session: string): void {
    this.kept.set(session, { last: 0, finished: false, lost: new Set() });
  }

  append(session: string, records: number): void {
    const kept = this.kept.get(session);
    if (kept !== undefined) kept.last += records;
  }

  /** Nothing more is appended; the session goes when everything is acknowledged. */
  finish(session: string): void {
    const kept = this.kept.get(session);
    if (kept !== undefined) kept.finished = true;
    this.#letGo(session);
  }

  /** These records are damaged for good. Not the first and not the last: that would go unnoticed. */
  lose(session: string, from: number, to: number): void {
    const kept = this.kept.get(session);
    if (kept === undefined) return;
    for (let seq = Math.max(1, from); seq <= Math.min(to, kept.last - 1); seq += 1) {
      kept.lost.add(seq);
    }
  }

  /** What a restart may do: positions fall back by up to `records`. */
  rollBack(records: number): void {
    for (const [key, seq] of this.positions) this.positions.set(key, Math.max(-1, seq - records));
  }

  sessions(): readonly StreamSession[] {
    return [...this.kept].map(([session, { last }]) => ({
      session,
      startLine: lineOf(session, 0),
      last,
    }));
  }

  acknowledged(consumer: string, session: string): number {
    return this.positions.get(`${consumer} ${session}`) ?? -1;
  }

  read(
    session: string,
    after: number,
    limit: { records: number; bytes: number },
  ): OutboxBatch | undefined {
    const kept = this.kept.get(session);
    if (kept === undefined) return undefined;
    let first = after + 1;
    while (first <= kept.last && kept.lost.has(first)) first += 1;
    const lines: Buffer[] = [];
    let bytes = 0;
    for (let seq = first; seq <= kept.last && !kept.lost.has(seq); seq += 1) {
      const line = lineOf(session, seq);
      bytes += line.length + 1;
      if (lines.length > 0 && (lines.length === limit.records || bytes > limit.bytes)) break;
      lines.push(line);
    }
    return lines.length === 0 ? undefined : { prev: after, first, lines };
  }

  acknowledge(consumer: string, session: string, seq: number): void {
    this.onAcknowledge(consumer, session, seq);
    this.positions.set(`${consumer} ${session}`, seq);
    this.#letGo(session);
  }

  #letGo(session: string): void {
    const kept = this.kept.get(session);
    if (kept?.finished !== true) return;
    const done = this.consumers.every((name) => this.acknowledged(name, session) >= kept.last);
    if (done) this.kept.delete(session);
  }
}
