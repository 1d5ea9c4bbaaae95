/**
 * ZMTP 3.0, the bytes below ZeroMQ, made by hand: a hostile peer sends what no ZeroMQ library can be
 * brought to send. See https://rfc.zeromq.org/spec/23/.
 */

const MORE = 0x01;
const LONG = 0x02;
const COMMAND = 0x04;

export interface Greeting {
  readonly major?: number;
  readonly minor?: number;
  /** At most 20 characters. */
  readonly mechanism?: string;
}

/** The 64 bytes with which each end begins. */
export function greeting({ major = 3, minor = 0, mechanism = 'NULL' }: Greeting = {}): Buffer {
  const bytes = Buffer.alloc(64);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = major;
  bytes[11] = minor;
  bytes.write(mechanism, 12, 20, 'latin1');
  return bytes;
}

/** The command after the greetings; from here on the peer is a socket of that type. */
export function ready(socketType: 'DEALER' | 'ROUTER' | 'SUB'): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(socketType.length);
  const body = [named('READY'), named('Socket-Type'), size, Buffer.from(socketType)];
  return Buffer.concat([frameHead(bytesOf(body), { command: true }), ...body]);
}

export interface FrameKind {
  /** Another frame of the same message follows. */
  readonly more?: boolean;
  readonly command?: boolean;
}

/** Everything of a frame but its body; the length is free to lie. */
export function frameHead(length: bigint, { more = false, command = false }: FrameKind): Buffer {
  const flags = (more ? MORE : 0) | (command ? COMMAND : 0);
  if (length < 256n) return Buffer.from([flags, Number(length)]);
  const head = Buffer.alloc(9);
  head[0] = flags | LONG;
  head.writeBigUInt64BE(BigInt.asUintN(64, length), 1);
  return head;
}

export function frame(body: Buffer | string, kind: FrameKind = {}): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([frameHead(BigInt(bytes.length), kind), bytes]);
}

/** All frames of one message. */
export const message = (...frames: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(frames.map((body, i) => frame(body, { more: i < frames.length - 1 })));

function named(name: string): Buffer {
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name)]);
}

function bytesOf(parts: readonly Buffer[]): bigint {
  return BigInt(parts.reduce((sum, part) => sum + part.length, 0));
}
