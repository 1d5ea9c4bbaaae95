/** One question to a meter and what comes of it, over the real link, framer and decoder. */
import { setTimeout as delay } from 'node:timers/promises';
import { LinkError, type LineSettings, type LinkErrorCode, type OpenLink } from '@elmetron/link';
import {
  decodeFrame,
  Framer,
  type Clock,
  type Decoded,
  type FramerOutput,
} from '@elmetron/protocol/offline';

export interface Question {
  readonly open: OpenLink;
  readonly line: LineSettings;
  readonly poll: Buffer;
  /** An answer of which nothing comes for so long does not come. */
  readonly readTimeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export type Outcome =
  | {
      readonly kind: 'reading';
      readonly port: string;
      readonly model: string;
      readonly serial: string;
      readonly decoded: Decoded;
      readonly frame: Buffer;
      readonly answeredMs: number;
    }
  /** The port opened, and not one byte came. */
  | { readonly kind: 'silent'; readonly port: string }
  /** Bytes came that are no frame of a meter. */
  | {
      readonly kind: 'unintelligible';
      readonly port: string;
      readonly bytes: Buffer;
      readonly why: string;
    }
  | { readonly kind: 'no_link'; readonly code: LinkErrorCode; readonly why: string };

/** What the port still holds of an earlier conversation comes out meanwhile. */
const SETTLE_MS = 50;
/** A meter that has just been plugged in may let the first poll pass. */
const POLLS = 3;

/** Resolves whatever happens; rejects only at `signal`. */
export async function askOnce(question: Question): Promise<Outcome> {
  const heard: Buffer[] = [];
  const outputs: FramerOutput[] = [];
  const framer = new Framer();
  let lost: LinkError | undefined;
  let arrived = (): void => undefined;
  try {
    const link = await question.open(question.line, {
      data: (chunk) => {
        heard.push(chunk);
        outputs.push(...framer.push(chunk));
        arrived();
      },
      lost: (error) => {
        lost = error;
        arrived();
      },
    });
    try {
      await delay(SETTLE_MS, undefined, { signal: question.signal });
      heard.length = 0;
      outputs.length = 0;
      for (let poll = 0; poll < POLLS && lost === undefined; poll++) {
        const asked = question.clock.monotonic();
        link.write(question.poll);
        const reading = await firstReading(
          outputs,
          question,
          () => lost,
          (wake) => (arrived = wake),
        );
        if (reading === undefined) continue;
        const answeredMs = question.clock.monotonic() - asked;
        return { kind: 'reading', port: link.port, ...reading, answeredMs };
      }
      if (lost !== undefined) return noLink(lost);
      return afterAll(link.port, Buffer.concat(heard), [...outputs, ...framer.end()]);
    } finally {
      await link.close();
    }
  } catch (error) {
    if (error instanceof LinkError) return noLink(error);
    throw error;
  }
}

/** Waits until there is one, or nothing has come for as long as an answer may take. */
async function firstReading(
  outputs: readonly FramerOutput[],
  { readTimeoutMs, signal }: Question,
  lost: () => LinkError | undefined,
  onArrival: (wake: () => void) => void,
) {
  for (;;) {
    for (const output of outputs) {
      if (output.kind !== 'frame') continue;
      const result = decodeFrame(output.bytes);
      if (result.ok) {
        const { model, serial, decoded } = result;
        return { model, serial, decoded, frame: output.bytes };
      }
    }
    if (lost() !== undefined) return undefined;
    const over = new AbortController();
    const more = new Promise<boolean>((resolve) => {
      onArrival(() => {
        resolve(true);
      });
    });
    const quiet = delay(readTimeoutMs, false, { signal: AbortSignal.any([signal, over.signal]) });
    const came = await Promise.race([more, quiet]);
    over.abort();
    quiet.catch(() => undefined);
    if (!came) return undefined;
  }
}

function noLink({ code, message }: LinkError): Outcome {
  return { kind: 'no_link', code, why: message };
}

function afterAll(port: string, bytes: Buffer, outputs: readonly FramerOutput[]): Outcome {
  if (bytes.length === 0) return { kind: 'silent', port };
  for (const output of outputs) {
    if (output.kind !== 'frame') continue;
    const result = decodeFrame(output.bytes);
    if (!result.ok) return { kind: 'unintelligible', port, bytes, why: result.reason };
  }
  return { kind: 'unintelligible', port, bytes, why: 'no frame begins and ends in it' };
}
