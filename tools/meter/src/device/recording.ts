/**
 * Plays a recording of a real line: JSON lines `{"t_ms":…,"dir":"tx"|"rx","hex":…}`, `tx` the host's
 * poll. Each poll that comes is answered with the pieces that followed the next recorded one, cut
 * and timed as they were.
 */
import { readFileSync } from 'node:fs';
import type { RecordedPiece, Reply } from '../line/reply.js';
import { MeterError } from '../meter-error.js';

/** After the last recorded poll: say nothing, begin again, or measure as the emulated meter does. */
export const AFTERWARDS = ['silence', 'loop', 'live'] as const;
export type Afterwards = (typeof AFTERWARDS)[number];

export interface PlaybackOptions {
  readonly then: Afterwards;
  /** Called once, when the last recorded answer has been given out. */
  readonly ended: () => void;
}

export class Playback {
  readonly #answers: readonly (readonly RecordedPiece[])[];
  readonly #options: PlaybackOptions;
  #next = 0;

  constructor(answers: readonly (readonly RecordedPiece[])[], options: PlaybackOptions) {
    this.#answers = answers;
    this.#options = options;
  }

  /** Undefined when the recording has nothing more to say about it. */
  reply(): Reply | undefined {
    const pieces = this.#answers[this.#next];
    const { then, ended } = this.#options;
    if (pieces === undefined) return then === 'silence' ? { kind: 'nothing' } : undefined;
    this.#next += 1;
    if (this.#next === this.#answers.length) {
      if (then === 'loop') this.#next = 0;
      else ended();
    }
    return { kind: 'recorded', pieces };
  }
}

/** One list of pieces a recorded poll. Throws MeterError `bad_recording`. */
export function readRecording(path: string): RecordedPiece[][] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MeterError('bad_recording', `The recording ${path} cannot be read.`, { cause });
  }
  const answers: RecordedPiece[][] = [];
  /** What came before the first poll goes with the first answer. */
  let answer: RecordedPiece[] = [];
  let polledAt: number | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const piece = parseLine(line);
    if (piece === undefined) {
      throw new MeterError(
        'bad_recording',
        `${path}, line ${i + 1}: not {"t_ms":number,"dir":"tx"|"rx","hex":"…"}.`,
      );
    }
    if (piece.dir === 'tx') {
      if (polledAt !== undefined) answer = [];
      polledAt = piece.t_ms;
      answers.push(answer);
    } else {
      const afterMs = Math.max(0, piece.t_ms - (polledAt ?? piece.t_ms));
      answer.push({ afterMs, bytes: piece.bytes });
    }
  }
  if (answers.length === 0) throw new MeterError('bad_recording', `${path} holds no poll.`);
  return answers;
}

interface RecordedLine {
  readonly t_ms: number;
  readonly dir: 'tx' | 'rx';
  readonly bytes: Buffer;
}

function parseLine(line: string): RecordedLine | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { t_ms, dir, hex } = parsed as Partial<Record<'t_ms' | 'dir' | 'hex', unknown>>;
  if (typeof t_ms !== 'number' || (dir !== 'tx' && dir !== 'rx')) return undefined;
  if (typeof hex !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(hex)) return undefined;
  return { t_ms, dir, bytes: Buffer.from(hex, 'hex') };
}
