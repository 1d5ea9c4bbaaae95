/**
 * One conversation with a meter: a link, a framer and a poller that begin together and end
 * together. After a link is lost nothing of it is used again: no half frame can survive it.
 *
 * ```
 *   poller ──poll──▶ link ──chunk + time──▶ framer ──frame──▶ decoder ──reading──▶ listener
 *      ▲─────────────────── whole, or timed out ──┘
 * ```
 */
import {
  decodeFrame,
  FRAME_BYTES,
  Framer,
  type Clock,
  type FramerOutput,
} from '@elmetron/protocol';
import {
  afterListening,
  type Link,
  type LinkError,
  type OpenLink,
  settlesWithin,
  type Timers,
} from '@elmetron/link';
import { Poller, type PollFigures } from './poller.js';
import type { MeterProfile } from './profile.js';
import type { Arrival, MeterListener } from './reading.js';

/**
 * Between opening and the first poll: what the port still holds of an earlier conversation comes
 * out now. It answers no poll of ours, so its time is unknown and it must not become a reading.
 */
const SETTLE_MS = 50;
/**
 * After so long without a byte, what has come of a frame is given up: its other half would be one of
 * another answer. Well beyond a read timeout, because an answer may come late on a busy machine, and
 * a new answer begins by itself with what gives up the old one.
 */
const QUIET_MS = 1000;
/** A device that is gone may keep its port from closing; nobody waits longer for that. */
const CLOSE_MS = 500;

export interface ConversationParts {
  readonly open: OpenLink;
  readonly profile: MeterProfile;
  readonly listener: MeterListener;
  readonly polls: PollFigures;
  readonly clock: Clock;
  readonly timers: Timers;
}

export class Conversation {
  readonly profile: MeterProfile;
  /** The link ended by itself, with the reason; never settles after `close()`. */
  readonly lost: Promise<LinkError>;
  goodFrames = 0;
  readonly #parts: ConversationParts;
  readonly #framer = new Framer();
  readonly #poller: Poller;
  readonly #lose: (error: LinkError) => void;
  #link: Link | undefined;
  #over = false;
  #cancelStart = (): void => undefined;
  #cancelQuiet = (): void => undefined;

  /** @throws LinkError when the link does not open. */
  static async open(parts: ConversationParts): Promise<Conversation> {
    const conversation = new Conversation(parts);
    const link = await parts.open(parts.profile.line, {
      data: (chunk) => {
        conversation.#heard(chunk);
      },
      lost: (error) => {
        conversation.#ended();
        conversation.#lose(error);
      },
    });
    conversation.#begin(link);
    return conversation;
  }

  private constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.profile = parts.profile;
    let lose: (error: LinkError) => void = () => undefined;
    this.lost = new Promise((resolve) => {
      lose = resolve;
    });
    this.#lose = lose;
    this.#poller = new Poller({
      figures: parts.polls,
      clock: parts.clock,
      timers: parts.timers,
      intervalMs: parts.profile.intervalMs,
      readTimeoutMs: parts.profile.readTimeoutMs,
      poll: () => this.#link?.write(parts.profile.poll) ?? false,
    });
  }

  get port(): string {
    return this.#link?.port ?? '';
  }

  /** Lets the answer under way come in, for at most `graceMs`, then closes the link. */
  async close(graceMs: number): Promise<void> {
    await settlesWithin(this.#parts.timers, graceMs, this.#poller.stop());
    this.#ended();
    if (this.#link !== undefined) {
      await settlesWithin(this.#parts.timers, CLOSE_MS, this.#link.close());
    }
  }

  #begin(link: Link): void {
    this.#link = link;
    if (this.#over) return;
    this.#cancelStart = this.#parts.timers.after(SETTLE_MS, () => {
      this.#take(this.#framer.end());
      this.#poller.start();
    });
  }

  #heard(chunk: Buffer): void {
    if (this.#over) return;
    this.#poller.heard();
    this.#take(this.#framer.push(chunk));
    this.#cancelQuiet();
    this.#cancelQuiet = afterListening(this.#parts, QUIET_MS, () => {
      this.#take(this.#framer.end());
    });
  }

  #ended(): void {
    if (this.#over) return;
    this.#cancelStart();
    this.#cancelQuiet();
    this.#take(this.#framer.end());
    this.#over = true;
    this.#poller.abandon();
  }

  #take(outputs: readonly FramerOutput[]): void {
    const { clock, listener } = this.#parts;
    const arrival: Arrival = { at: clock.now(), monotonic: clock.monotonic() };
    for (const output of outputs) {
      if (output.kind === 'discarded') listener.discarded({ ...arrival, ...output });
      else if (!this.#poller.polling) {
        listener.discarded({ ...arrival, bytes: output.bytes, reason: 'unasked' });
      } else this.#frame(output.bytes, arrival);
    }
  }

  #frame(bytes: Buffer, arrival: Arrival): void {
    const { listener } = this.#parts;
    const result = decodeFrame(bytes);
    if (result.ok) {
      const { model, serial, decoded, unreadable } = result;
      this.goodFrames++;
      listener.reading({ ...arrival, bytes, model, serial, decoded, unreadable });
    } else {
      listener.undecodable({ ...arrival, bytes, reason: result.reason });
    }
    // A scrap of noise may have a frame's delimiters; the meter's own answer is still to come.
    if (bytes.length >= FRAME_BYTES / 2) this.#poller.answered();
  }
}
