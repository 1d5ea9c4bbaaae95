/**
 * The CX-505 on the wire. Three stages, each a file, none knowing the next:
 *
 * ```
 *           poll.ts                                  POLL: what makes the meter answer
 *             │
 *   link ◀────┘
 *     │  chunks: any bytes, cut anywhere
 *     ▼
 *   framer.ts    ──▶ discarded { bytes, reason }     noise, a restarted answer: to be counted
 *     │  frame: last SOH … ETX
 *     ▼
 *   decoder.ts   ──▶ { ok: false, reason }           not of the meter's shape: kept with its bytes
 *     │  (checks against frame-layout.ts)
 *     ▼
 *   { ok: true, model, serial, decoded, unreadable }
 *
 *   encoder.ts    the way back, for the emulated meter and for fixtures
 * ```
 */
export { decodeFrame, type DecodeResult, type UnreadableField } from './decoder.js';
export { encodeFrame, type FrameFields } from './encoder.js';
export { FRAME_BYTES, HEADER_BYTES } from './frame-layout.js';
export { Framer, MAX_FRAME_BYTES, type DiscardReason, type FramerOutput } from './framer.js';
export { POLL } from './poll.js';
