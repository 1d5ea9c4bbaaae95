/**
 * Cuts the stream of a link into frames, and names everything else.
 *
 * ```
 *   idle ── SOH ──▶ in frame ── ETX ──▶ after frame ── CR? LF? ──▶ idle
 *    │ other byte     │ SOH: what was held is 'restarted', a new frame begins
 *    ▼                │ 256 bytes without ETX: 'too_long', back to idle
 *   'noise'           ▼
 *                    (end(): 'incomplete')
 * ```
 *
 * It never looks inside a frame: whether the bytes mean anything is the decoder's business. A frame
 * starts at the LAST SOH, because the meter starts its answer over when a second poll arrives
 * meanwhile, and the reading belongs to that last header. Every byte pushed comes out exactly once,
 * in order (but for the CR LF that may follow a frame), and what comes out does not depend on how
 * the bytes were chunked.
 *
 * One framer serves one life of a link: half a frame from before an unplug must never be glued to
 * one from after it. Nor must a half answer wait for ever for its other half: call `end()` when the
 * line has been quiet for so long that what comes next cannot belong to it. That is well beyond a read
 * timeout: bytes that are merely late on a busy machine still complete their frame, and without
 * `end()` the next answer's SOH gives up the half by itself.
 */
import { CR, ETX, LF, SOH } from './control-bytes.js';

/** Longest run of bytes that can still become a frame; more than twice the real 100. */
export const MAX_FRAME_BYTES = 256;

export type DiscardReason = 'noise' | 'restarted' | 'too_long' | 'incomplete';

export type FramerOutput =
  | { readonly kind: 'frame'; readonly bytes: Buffer }
  | { readonly kind: 'discarded'; readonly bytes: Buffer; readonly reason: DiscardReason };

type Place = 'idle' | 'in_frame' | 'after_etx' | 'after_cr';

export class Framer {
  readonly #held = Buffer.alloc(MAX_FRAME_BYTES);
  #length = 0;
  #place: Place = 'idle';

  /** Takes the next bytes of the link; what has become certain by them comes out. */
  push(chunk: Uint8Array): FramerOutput[] {
    const output: FramerOutput[] = [];
    for (const byte of chunk) this.#take(byte, output);
    return output;
  }

  /** The link ended, or has long been quiet: gives out what is held; nothing of it is joined to later bytes. */
  end(): FramerOutput[] {
    const output: FramerOutput[] = [];
    this.#discard(this.#place === 'in_frame' ? 'incomplete' : 'noise', output);
    this.#place = 'idle';
    return output;
  }

  #take(byte: number, output: FramerOutput[]): void {
    if (this.#place === 'after_etx' && byte === CR) {
      this.#place = 'after_cr';
      return;
    }
    if (this.#place === 'after_etx' || this.#place === 'after_cr') {
      this.#place = 'idle';
      if (byte === LF) return;
    }

    if (byte === SOH) {
      this.#discard(this.#place === 'in_frame' ? 'restarted' : 'noise', output);
      this.#place = 'in_frame';
    }
    this.#held[this.#length++] = byte;

    if (this.#place === 'in_frame' && byte === ETX) {
      output.push({ kind: 'frame', bytes: this.#release() });
      this.#place = 'after_etx';
    } else if (this.#length === MAX_FRAME_BYTES) {
      this.#discard(this.#place === 'in_frame' ? 'too_long' : 'noise', output);
      this.#place = 'idle';
    }
  }

  #discard(reason: DiscardReason, output: FramerOutput[]): void {
    if (this.#length > 0) output.push({ kind: 'discarded', bytes: this.#release(), reason });
  }

  #release(): Buffer {
    const bytes = Buffer.from(this.#held.subarray(0, this.#length));
    this.#length = 0;
    return bytes;
  }
}
