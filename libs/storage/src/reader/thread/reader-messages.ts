/** What passes between a process and the thread that reads a database for it. */
import type { SentError } from '../../store/thread-messages.js';
import type { LoggedReading } from '../rows.js';
import type { StoreReader } from '../store-reader.js';

export interface ReaderThreadData {
  readonly path: string;
  readonly busyTimeoutMs: number;
  /** Of the `StopSign`. */
  readonly stop: SharedArrayBuffer;
}

/** Each is answered with what the reader itself gives, but for `page`: that one with `SentReadings`. */
export type ReaderMethod =
  | 'annotations'
  | 'countReadings'
  | 'curve'
  | 'events'
  | 'extent'
  | 'lastEvent'
  | 'lastEvents'
  | 'lastReading'
  | 'metadata'
  | 'page'
  | 'recent'
  | 'session'
  | 'sessions'
  | 'sessionsBeginning'
  | 'statistics'
  | 'units';

export type ReaderMessage =
  | ReaderCall
  /** Nothing is answered to it: the thread ends. */
  | { readonly id: 0; readonly method: 'close'; readonly args: readonly [] };

export type ReaderCall = {
  readonly [M in ReaderMethod]: {
    readonly id: number;
    readonly method: M;
    readonly args: Parameters<StoreReader[M]>;
  };
}[ReaderMethod];

export type ReaderAnswer =
  | { readonly id: number; readonly result: unknown; readonly error?: never }
  | { readonly id: number; readonly error: SentError };

/** A page of readings as it is sent: thousands of frames each for itself take several times as long. */
export interface SentReadings {
  readonly rows: readonly Omit<LoggedReading, 'raw_frame'>[];
  /** The frames, one after the other. */
  readonly frames: Uint8Array<ArrayBuffer>;
  /** How long each one is. */
  readonly lengths: readonly number[];
}

export function packReadings(readings: readonly LoggedReading[]): SentReadings {
  const lengths = readings.map(({ raw_frame }) => raw_frame.length);
  const frames = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  const rows = readings.map(({ raw_frame, ...row }) => {
    frames.set(raw_frame, offset);
    offset += raw_frame.length;
    return row;
  });
  return { rows, frames, lengths };
}

export function unpackReadings({ rows, frames, lengths }: SentReadings): LoggedReading[] {
  let offset = 0;
  return rows.map((row, i) => {
    const length = lengths[i] ?? 0;
    const raw_frame = Buffer.from(frames.buffer, offset, length);
    offset += length;
    return { ...row, raw_frame };
  });
}
