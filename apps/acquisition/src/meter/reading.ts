/** What comes out of one conversation with a meter. */
import type { Decoded, DiscardReason, UnreadableField } from '@elmetron/protocol';

/** When the last byte of something arrived, on both clocks. */
export interface Arrival {
  /** UTC, milliseconds since 1970. */
  readonly at: number;
  readonly monotonic: number;
}

/** A good frame. */
export interface Reading extends Arrival {
  readonly bytes: Buffer;
  readonly model: string;
  readonly serial: string;
  readonly decoded: Decoded;
  readonly unreadable: readonly UnreadableField[];
}

/** A frame by its delimiters that is none by its shape. */
export interface Undecodable extends Arrival {
  readonly bytes: Buffer;
  readonly reason: string;
}

/** Bytes that belong to no frame, or (`unasked`) to a frame that answers nobody's poll of ours. */
export interface Discarded extends Arrival {
  readonly bytes: Buffer;
  readonly reason: DiscardReason | 'unasked';
}

export interface MeterListener {
  reading(reading: Reading): void;
  undecodable(frame: Undecodable): void;
  discarded(piece: Discarded): void;
}
