/**
 * What passes between a source (acquisition) and its consumers (writers), as ZeroMQ multipart
 * messages: frame 0 is a JSON header, and a batch has its lines in frame 1. Everything that arrives
 * is checked here, so that the logic behind it sees only whole messages; what does not fit is told
 * as a value, never thrown: a foreign message must not end a process.
 *
 *     consumer                                  source
 *        │── hello {consumer, run, window} ──────▶│   again and again until welcomed
 *        │◀─ welcome {source, sessions} ──────────│   again, unasked, when a session has gone
 *        │◀─ batch {session, prev, first, …} ─────│
 *        │── ack {session, seq} ─────────────────▶│   cumulative: durable up to seq
 *        │── heartbeat ──────────────────────────▶│
 *        │◀─ heartbeat {unacknowledged} ──────────│
 *        │◀─ fenced {run, by} ────────────────────│   another run has taken over
 *        │◀─ refused {reason} ────────────────────│
 *
 * Optional fields may be missing and unknown ones are passed over, so that either end can be an
 * older or a foreign program.
 */
import { z } from 'zod';
import { sessionIdSchema } from '../records/types.js';
import { readAck, readBatch } from './frequent-messages.js';

export const STREAM_VERSION = 1;

/** Largest `window` (records) that a hello may ask for. */
export const MAX_WINDOW = 1_000_000;

/** Longest message that a consumer may send, in bytes: its messages are all small. */
export const MAX_CONSUMER_MESSAGE_BYTES = 16_384;

const v = z.literal(STREAM_VERSION);
const name = z.string().min(1).max(200);
const seq = z.int().min(0).max(0xffff_ffff);
/** A sequence number, or -1 for "before the first". */
const position = z.int().min(-1).max(0xffff_ffff);

const fromConsumerSchema = z.discriminatedUnion('type', [
  z.object({
    v,
    type: z.literal('hello'),
    consumer: name,
    run: name,
    window: z.int().min(1).max(MAX_WINDOW),
  }),
  z.object({ v, type: z.literal('ack'), session: sessionIdSchema, seq }),
  z.object({ v, type: z.literal('heartbeat') }),
]);

const refusalCodeSchema = z.enum(['unknown_consumer', 'unknown_version', 'hello_first']);

const fromSourceSchema = z.discriminatedUnion('type', [
  z.object({
    v,
    type: z.literal('welcome'),
    source: name,
    /** Every session that the source still owns or owes, oldest first; `last` can be read now. */
    sessions: z.array(z.object({ session: sessionIdSchema, last: position })).readonly(),
  }),
  z.object({
    v,
    type: z.literal('batch'),
    session: sessionIdSchema,
    /** The number before `first` that was sent or released; less than `first - 1`: a hole. */
    prev: position,
    first: seq,
    count: z.int().min(1).max(MAX_WINDOW),
    /**
     * Up to here (-1: nowhere) nothing is owed to this consumer: acknowledged by an earlier run, or
     * let go before it came. Tells a batch that was lost from numbers that are not to come.
     */
    released: position.optional(),
  }),
  z.object({
    v,
    type: z.literal('fenced'),
    run: name,
    source: name.optional(),
    /** The run that has the source now. */
    by: name.optional(),
  }),
  z.object({
    v,
    type: z.literal('refused'),
    reason: z.string(),
    code: refusalCodeSchema.optional().catch(undefined),
  }),
  z.object({
    v,
    type: z.literal('heartbeat'),
    /** Sent since the hello and not acknowledged, up to `seq`; at most the oldest few sessions. */
    unacknowledged: z
      .array(z.object({ session: sessionIdSchema, seq: position }))
      .readonly()
      .optional(),
  }),
]);

export type ConsumerMessage = z.infer<typeof fromConsumerSchema>;
export type SourceMessage = z.infer<typeof fromSourceSchema>;
export type BatchHeader = Extract<SourceMessage, { type: 'batch' }>;
export type Acknowledgement = Extract<ConsumerMessage, { type: 'ack' }>;
export type RefusalCode = z.infer<typeof refusalCodeSchema>;

export type MessageResult<M> =
  | { readonly ok: true; readonly message: M; readonly body: Buffer | undefined }
  | { readonly ok: false; readonly code: 'malformed' | 'unknown_version'; readonly reason: string };

type WithoutVersion<M> = M extends unknown ? Omit<M, 'v'> : never;

/** Frame 0 of a message. */
export function encodeMessage(message: WithoutVersion<ConsumerMessage | SourceMessage>): Buffer {
  return Buffer.from(JSON.stringify({ v: STREAM_VERSION, ...message }));
}

/** Reads what a consumer sent; `frames` without the routing id. */
export function decodeConsumerMessage(frames: readonly Buffer[]): MessageResult<ConsumerMessage> {
  const header = frames[0];
  if (frames.length !== 1 || header === undefined) return malformed(`${frames.length} frames`);
  if (header.length > MAX_CONSUMER_MESSAGE_BYTES) return malformed(`${header.length} bytes`);
  const ack = readAck(header);
  if (ack !== undefined) return { ok: true, message: ack, body: undefined };
  return decode(fromConsumerSchema, header, undefined);
}

/** Reads what a source sent; a batch, and only a batch, has a body. */
export function decodeSourceMessage(frames: readonly Buffer[]): MessageResult<SourceMessage> {
  const [header, body] = frames;
  if (header === undefined || frames.length > 2) return malformed(`${frames.length} frames`);
  const batch = body === undefined ? undefined : readBatch(header);
  if (batch !== undefined) return { ok: true, message: batch, body };
  const result = decode(fromSourceSchema, header, body);
  if (result.ok && (result.message.type === 'batch') !== (body !== undefined)) {
    return malformed(`${result.message.type} with ${frames.length} frames`);
  }
  return result;
}

function decode<M>(
  schema: z.ZodType<M>,
  header: Buffer,
  body: Buffer | undefined,
): MessageResult<M> {
  let json: unknown;
  try {
    json = JSON.parse(header.toString('utf8'));
  } catch {
    return malformed('not JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data, body };
  const version = z.object({ v: z.number(), type: z.string() }).safeParse(json);
  if (version.success && version.data.v !== STREAM_VERSION) {
    const reason = `stream version ${version.data.v}, understood is ${STREAM_VERSION}`;
    return { ok: false, code: 'unknown_version', reason };
  }
  const issue = parsed.error.issues[0];
  return malformed(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown shape'}`);
}

function malformed(reason: string): MessageResult<never> {
  return { ok: false, code: 'malformed', reason };
}
