/**
 * The meter's end of one line: hears polls, answers each with one frame at true line speed, and
 * says nothing unasked (but for noise, if that is asked for).
 *
 * ```
 *   host ─▶ poll detector ─▶ heard after ─▶ answer ─▶ pieces ─▶ outbox ─▶ dispatch ─▶ host
 *                            9 bytes of       ▲                 (line       │
 *                            line time        │                  time)    account
 *                    another poll meanwhile ──┘ starts it over
 * ```
 *
 * One responder serves one life of a line: nothing is carried over to the next host.
 */
import { HEADER_BYTES, POLL } from '@elmetron/protocol';
import type { Random } from '../random.js';
import type { Time } from '../time.js';
import type { Behaviour } from './behaviour.js';
import { calmPieces, randomPieces } from './chunking.js';
import type { Dispatch } from './dispatch.js';
import { noiseBytes } from './noise.js';
import { Outbox } from './outbox.js';
import { PollDetector } from './poll-detector.js';
import type { RecordedPiece, Reply } from './reply.js';

/**
 * A poll is noticed some time after the host wrote it, and its bytes were on the line meanwhile: up
 * to so much is given back. Never beyond the end of the last answer, so the line stays as slow as it is.
 */
const NOTICED_LATE_MS = 0.5;

export interface ResponderOptions {
  readonly reply: () => Reply;
  readonly dispatch: Dispatch;
  /** Looked at anew for every answer. */
  readonly behaviour: Behaviour;
  readonly random: Random;
  readonly time: Time;
  /** Milliseconds that one byte takes on the line. */
  readonly byteMs: number;
  /** Counts the polls of all lines. */
  readonly countPoll: () => number;
}

/** One answer on its way. */
interface Answer {
  readonly poll: number;
  readonly bytes: Buffer;
  /** When its first byte goes on the line. */
  readonly startsAt: number;
  /** Bytes until its own header is out: so much goes out even if it is started over. */
  readonly headerEnd: number;
  /** Bytes that have left already. */
  delivered: number;
}

interface Origin {
  readonly poll: number;
  /** The answer that the piece is of; none for noise and for a recording. */
  readonly part?: Answer;
  /** The answer that goes with the piece, if it is started over. */
  readonly around?: Answer;
}

export class Responder {
  readonly #options: ResponderOptions;
  readonly #polls = new PollDetector();
  readonly #outbox: Outbox<Origin>;
  #current: Answer | undefined;
  #hearingUntil = -Infinity;
  #lastStart = -Infinity;

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.time, ({ bytes, origin }) => {
      if (origin.part !== undefined) origin.part.delivered += bytes.length;
      // Nobody there, or nobody who reads: what is still to come is lost as well.
      if (!options.dispatch.deliver(bytes, origin.poll)) this.#outbox.clear();
    });
  }

  /** Bytes from the host. */
  receive(chunk: Uint8Array): void {
    const { time, byteMs, countPoll, behaviour, reply } = this.#options;
    const now = time.monotonic();
    for (let polls = this.#polls.push(chunk); polls > 0; polls -= 1) {
      const begun = Math.max(
        now - NOTICED_LATE_MS,
        this.#hearingUntil,
        this.#outbox.deliveredUntil,
      );
      this.#hearingUntil = begun + POLL.length * byteMs;
      const poll = countPoll();
      if (behaviour.silent) continue;
      const said = reply();
      if (said.kind === 'frame') this.#answer(poll, said.bytes, this.#hearingUntil);
      if (said.kind === 'recorded') this.#play(poll, said.pieces, now);
    }
  }

  /** Sends bytes that mean nothing, after what is on its way already. */
  interject(bytes: Buffer): void {
    const { time, byteMs } = this.#options;
    const startsAt = Math.max(time.monotonic(), this.#outbox.freeAt);
    this.#outbox.add({ bytes, dueAt: startsAt + bytes.length * byteMs, origin: { poll: 0 } });
  }

  /** The line's life is over. */
  end(): void {
    this.#outbox.clear();
  }

  #answer(poll: number, frame: Buffer, heardAt: number): void {
    const { behaviour, byteMs, random } = this.#options;
    const current = this.#current;
    if (current !== undefined && heardAt < current.startsAt + current.bytes.length * byteMs) {
      this.#startOver(current, poll, frame, heardAt);
      return;
    }
    const soonest = this.#lastStart + 1000 / behaviour.answersPerSecond;
    const startsAt = Math.max(heardAt + behaviour.latencyMs, soonest);
    this.#lastStart = startsAt;

    const before = random.happens(behaviour.noise) ? noiseBytes(random) : Buffer.alloc(0);
    const answer: Answer = {
      poll,
      bytes: this.#isDoubled() ? Buffer.concat([frame.subarray(0, HEADER_BYTES), frame]) : frame,
      startsAt: startsAt + before.length * byteMs,
      headerEnd: HEADER_BYTES,
      delivered: 0,
    };
    this.#disturb(answer, before, startsAt);
    this.#send(answer);
    if (random.happens(behaviour.noise)) {
      const pause = random.next() * 3;
      this.#disturb(answer, noiseBytes(random), this.#outbox.freeAt + pause);
    }
  }

  /** A poll came before the answer to the one before it was out: the header (again), then all of it. */
  #startOver(current: Answer, poll: number, frame: Buffer, heardAt: number): void {
    this.#outbox.withdraw(({ around }) => around === current);
    const kept = Math.max(current.headerEnd, current.delivered);
    const rest = current.bytes.subarray(current.delivered, kept);
    const restEndsAt = Math.max(heardAt, current.startsAt + kept * this.#options.byteMs);
    this.#send({
      poll,
      bytes: Buffer.concat([rest, frame]),
      startsAt: restEndsAt - rest.length * this.#options.byteMs,
      headerEnd: rest.length + HEADER_BYTES,
      delivered: 0,
    });
  }

  #send(answer: Answer): void {
    const { behaviour, byteMs, random } = this.#options;
    this.#current = answer;
    const { bytes, poll } = answer;
    const shapes = behaviour.chunking
      ? randomPieces(bytes.length, random)
      : calmPieces(bytes.length);
    let offset = 0;
    let dueAt = answer.startsAt;
    for (const { length, gapMs } of shapes) {
      const piece = bytes.subarray(offset, offset + length);
      offset += length;
      dueAt = Math.max(answer.startsAt + offset * byteMs, dueAt + gapMs);
      this.#outbox.add({ bytes: piece, dueAt, origin: { poll, part: answer, around: answer } });
    }
  }

  #disturb(around: Answer, bytes: Buffer, startsAt: number): void {
    if (bytes.length === 0) return;
    const dueAt = startsAt + bytes.length * this.#options.byteMs;
    this.#outbox.add({ bytes, dueAt, origin: { poll: around.poll, around } });
  }

  /** Recorded times are those at the host: the poll's line time is in them already. */
  #play(poll: number, pieces: readonly RecordedPiece[], now: number): void {
    const start = Math.max(now, this.#outbox.freeAt);
    for (const { afterMs, bytes } of pieces) {
      this.#outbox.add({ bytes, dueAt: start + afterMs, origin: { poll } });
    }
  }

  #isDoubled(): boolean {
    const { behaviour, random } = this.#options;
    if (behaviour.doubledNext > 0) {
      behaviour.doubledNext -= 1;
      return true;
    }
    return random.happens(behaviour.doubled);
  }
}
