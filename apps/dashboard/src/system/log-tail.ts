/** The last lines of a process's log, read from the end of its file: however large it is, little of it is read. */
import { open, type FileHandle } from 'node:fs/promises';
import type { LogLines } from '../api/system.js';

/** Bytes that are looked at, at most, and in how large pieces. */
const MOST_BYTES = 1_048_576;
const PIECE_BYTES = 65_536;
/** Characters of a line that are shown. */
const LONGEST = 4_000;

type Line = LogLines['lines'][number];

/** The oldest first; undefined when there is no such file. Rejects for one that cannot be read. */
export async function logTail(path: string, lines: number): Promise<Line[] | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const text = await lastLines(file, lines);
    return text.slice(-lines).map(asLine);
  } finally {
    await file.close();
  }
}

/** At least so many whole lines, if there are as many within the bounds. */
async function lastLines(file: FileHandle, wanted: number): Promise<string[]> {
  const { size } = await file.stat();
  const pieces: Buffer[] = [];
  let [at, found] = [size, 0];
  while (at > 0 && found <= wanted && size - at < MOST_BYTES) {
    const length = Math.min(PIECE_BYTES, at);
    at -= length;
    const piece = Buffer.alloc(length);
    const { bytesRead } = await file.read(piece, 0, length, at);
    // It was cut where it is (logrotate's copytruncate) while it was read.
    if (bytesRead < length) return [];
    pieces.unshift(piece);
    found += piece.reduce((n, byte) => n + Number(byte === 0x0a), 0);
  }
  const text = Buffer.concat(pieces).toString('utf8').replace(/\n$/, '');
  const all = text === '' ? [] : text.split('\n');
  return at > 0 ? all.slice(1) : all;
}

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** What stands in every line, and is said by itself or of no use to people. */
const USUAL = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg']);

/** A line of pino; anything else, such as what Node says when it ends, is a message as it is. */
function asLine(text: string): Line {
  const fields = parsed(text);
  if (fields === undefined) return { at: null, level: '', message: cut(text), fields: '' };
  const { time, level, msg } = fields;
  const further = Object.entries(fields).filter(([name]) => !USUAL.has(name));
  return {
    at: typeof time === 'string' ? time : null,
    level: LEVELS[Number(level)] ?? '',
    message: cut(typeof msg === 'string' ? msg : ''),
    fields: further.length === 0 ? '' : cut(JSON.stringify(Object.fromEntries(further))),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'level' in value
      ? { ...value }
      : undefined;
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}
