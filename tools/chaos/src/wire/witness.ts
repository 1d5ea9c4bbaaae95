/**
 * What passed between one acquisition and its writers, taken down by somebody who is neither: every
 * record's line, and every acknowledgement, before it is handed on. What a process says of itself
 * plays no part. All of it also goes into a file, as evidence of a violation.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

export interface Passed {
  /** By session, by number: the line, without its newline. */
  readonly lines: ReadonlyMap<string, ReadonlyMap<number, Buffer>>;
  /** By session: the highest number acknowledged. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** What must never pass, in words: two lines of one number, a line that is not what its batch says. */
  readonly contradictions: readonly string[];
}

/** What concerns the witness in any header; the rest is passed over. */
interface Header {
  readonly type?: string;
  readonly session?: string;
  readonly seq?: number;
  readonly first?: number;
  readonly run?: string;
}

export class Witness implements Passed {
  readonly lines = new Map<string, Map<number, Buffer>>();
  readonly acknowledged = new Map<string, number>();
  readonly contradictions: string[] = [];
  /** Runs of writers that have said hello, in the order of their first one. */
  readonly runs = new Set<string>();
  /** How often a run was told that another has taken over. */
  fenced = 0;
  #acknowledgements = 0;
  readonly #file: number;

  /** @param path of the file that takes what passes; made anew */
  constructor(path: string) {
    this.#file = openSync(path, 'wx');
  }

  /** Acknowledgements that passed. */
  get acknowledgements(): number {
    return this.#acknowledgements;
  }

  /** A message from acquisition to a writer. */
  fromSource(frames: readonly Buffer[]): void {
    const { type, session, first } = headerOf(frames);
    if (type === 'fenced') this.fenced++;
    const body = frames[1];
    if (type !== 'batch' || session === undefined || first === undefined || !body) return;
    let seq = first;
    for (let at = 0; at < body.length; seq++) {
      const end = body.indexOf(0x0a, at);
      this.#line(session, seq, body.subarray(at, end < 0 ? body.length : end));
      at = end < 0 ? body.length : end + 1;
    }
  }

  /** A message from a writer to acquisition; noted before anyone has it. */
  fromConsumer(frames: readonly Buffer[]): void {
    const { type, session, seq, run } = headerOf(frames);
    if (type === 'hello' && run !== undefined) this.runs.add(run);
    if (type !== 'ack' || session === undefined || seq === undefined) return;
    this.#acknowledgements++;
    this.#note(`{"ack":${seq},"session":"${session}"}`);
    const before = this.acknowledged.get(session) ?? -1;
    this.acknowledged.set(session, Math.max(before, seq));
  }

  close(): void {
    closeSync(this.#file);
  }

  #line(session: string, seq: number, line: Buffer): void {
    const lines = this.lines.get(session) ?? new Map<number, Buffer>();
    this.lines.set(session, lines);
    const before = lines.get(seq);
    if (before === undefined) {
      // A copy: the memory that it lies in is that of a whole batch.
      lines.set(seq, Buffer.from(line));
      this.#note(line);
    } else if (!before.equals(line)) {
      this.contradictions.push(
        `two different lines passed as record ${seq} of session ${session}: ${before.toString()} and ${line.toString()}`,
      );
    }
  }

  #note(line: Buffer | string): void {
    writeSync(this.#file, `${line.toString()}\n`);
  }
}

function headerOf(frames: readonly Buffer[]): Header {
  try {
    return JSON.parse(frames[0]?.toString() ?? '') as Header;
  } catch {
    return {};
  }
}
