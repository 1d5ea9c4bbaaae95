/**
 * An acquisition's side of the stream without meter and spool: one session of generated readings, in memory,
 * served by a real StreamServer. It offers what the caller says and notes what comes back.
 */
import {
  newSessionId,
  type OutboxBatch,
  type StreamSession,
  type StreamSource,
} from '@elmetron/protocol';
import { generatedMeasurements, generatedStart } from './generated-lines.js';

export interface GeneratedSourceOptions {
  readonly source: string;
  /** Readings of the session, when it is complete. */
  readonly measurements: number;
  /** Between one reading and the next, as their times say. */
  readonly intervalMs: number;
  /** Makes all lines beforehand, so that a measurement of others is not one of their making. */
  readonly ahead: boolean;
  /** UTC, milliseconds since 1970. */
  readonly startedAt: number;
  /** Every record up to `seq` is durable at the consumer. */
  readonly acknowledged?: (seq: number) => void;
}

export class GeneratedSource implements StreamSource {
  readonly source: string;
  readonly session = newSessionId();
  readonly #options: GeneratedSourceOptions;
  readonly #startLine: Buffer;
  readonly #line: (seq: number) => Buffer;
  #last = -1;
  #reached = -1;

  constructor(options: GeneratedSourceOptions) {
    const { source, measurements, startedAt, intervalMs, ahead } = options;
    this.source = source;
    this.#options = options;
    const of = { session: this.session, source, startedAt, intervalMs };
    this.#startLine = generatedStart(of);
    const make = generatedMeasurements(of);
    this.#line = ahead ? made(make, measurements) : (seq) => Buffer.from(make(seq));
  }

  /** Measurements that can be read now. */
  get offered(): number {
    return Math.max(0, this.#last);
  }

  /** Measurements that the consumer has acknowledged. */
  get durable(): number {
    return Math.max(0, this.#reached);
  }

  /** Begins the session, or goes on with it: this many measurements can be read from now on. */
  offer(measurements: number): void {
    this.#last = Math.min(measurements, this.#options.measurements);
  }

  /** The session stays open: it ends with its process, as a meter's does that is pulled out. */
  sessions(): readonly StreamSession[] {
    if (this.#last < 0) return [];
    return [{ session: this.session, startLine: this.#startLine, last: this.#last }];
  }

  acknowledged(): number {
    return this.#reached;
  }

  read(
    _session: string,
    after: number,
    limit: { readonly records: number; readonly bytes: number },
  ): OutboxBatch | undefined {
    const lines: Buffer[] = [];
    let bytes = 0;
    for (let seq = after + 1; seq <= this.#last && lines.length < limit.records; seq++) {
      const line = seq === 0 ? this.#startLine : this.#line(seq);
      bytes += line.length + 1;
      if (lines.length > 0 && bytes > limit.bytes) break;
      lines.push(line);
    }
    return lines.length === 0 ? undefined : { prev: after, first: after + 1, lines };
  }

  acknowledge(_consumer: string, _session: string, seq: number): void {
    this.#reached = seq;
    this.#options.acknowledged?.(seq);
  }
}

/** All lines in one piece of memory: half a gigabyte of small buffers would cost as much again. */
function made(make: (seq: number) => string, measurements: number): (seq: number) => Buffer {
  const ends = new Float64Array(measurements + 1);
  let all = Buffer.allocUnsafe(Math.max(1024, measurements * 700));
  for (let seq = 1; seq <= measurements; seq++) {
    const line = make(seq);
    const start = ends[seq - 1] ?? 0;
    if (all.length - start < 4 * line.length) {
      all = Buffer.concat([all.subarray(0, start), Buffer.allocUnsafe(all.length)]);
    }
    ends[seq] = start + all.write(line, start);
  }
  return (seq) => all.subarray(ends[seq - 1], ends[seq]);
}
