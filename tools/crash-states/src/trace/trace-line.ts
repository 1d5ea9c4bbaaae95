/**
 * One line of what `strace -f -y -xx -ttt` writes. All text in it is in hexadecimal escapes, so a
 * quote, a bracket or a comma is always strace's own and the line can be cut at them.
 */
import { CrashStatesError } from '../crash-states-error.js';

export type TraceLine =
  /** A call that began and ended without another thread's line in between. */
  | {
      readonly kind: 'whole';
      readonly name: string;
      readonly args: string;
      readonly result: string;
    }
  | { readonly kind: 'unfinished'; readonly name: string; readonly args: string }
  | {
      readonly kind: 'resumed';
      readonly name: string;
      readonly args: string;
      readonly result: string;
    }
  /** A thread has ended, a signal has come: nothing that changes a file. */
  | { readonly kind: 'other' };

export interface Stamped {
  /** The thread. */
  readonly thread: number;
  /** Seconds since 1970. */
  readonly at: number;
  readonly line: TraceLine;
}

const STAMP = /^(\d+) +(\d+\.\d+) /;
const UNFINISHED = ' <unfinished ...>';
/** strace's words for a process that was killed while the beginning or the end of a call was being printed. */
const KILLED = / *<(?:Cannot restart pid \d+ with ptrace\([^()]*\): [^<>]*|detached \.\.\.)>$/;

/** Throws CrashStatesError `bad_trace`. */
export function parseTraceLine(text: string): Stamped {
  const stamp = STAMP.exec(text);
  if (stamp === null) throw bad(text);
  const [head, thread, at] = stamp;
  return { thread: Number(thread), at: Number(at), line: parseRest(text.slice(head.length), text) };
}

function parseRest(rest: string, text: string): TraceLine {
  if (rest.startsWith('+++ ') || rest.startsWith('--- ')) return { kind: 'other' };
  if (rest.startsWith('<... ')) {
    const [, name] = /^<\.\.\. (\w+) resumed>/.exec(rest) ?? [];
    if (name === undefined) throw bad(text);
    const after = rest.slice(rest.indexOf('resumed>') + 'resumed>'.length);
    // The call that began is left without an end.
    if (KILLED.test(after)) return { kind: 'other' };
    return { kind: 'resumed', name, ...cutAtResult(after, text) };
  }
  const open = rest.indexOf('(');
  const name = rest.slice(0, open);
  if (open < 1 || !/^\w+$/.test(name)) throw bad(text);
  const after = rest.slice(open + 1);
  if (KILLED.test(after)) return { kind: 'unfinished', name, args: after.replace(KILLED, '') };
  if (after.endsWith(UNFINISHED)) {
    return { kind: 'unfinished', name, args: after.slice(0, -UNFINISHED.length) };
  }
  return { kind: 'whole', name, ...cutAtResult(after, text) };
}

/** `args) = result`, in which the arguments may hold `) = ` no more than a quote. */
function cutAtResult(text: string, line: string): { args: string; result: string } {
  const match = /\) += ([^()]*(?:\([^()]*\)[^()]*)*)$/.exec(text);
  if (match?.[1] === undefined) throw bad(line);
  return { args: text.slice(0, match.index), result: match[1].trim() };
}

/** At the commas between arguments; those within brackets stay. */
export function splitArguments(args: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let i = 0; i < args.length; i++) {
    const c = args.charCodeAt(i);
    if (c === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (OPENING.has(c)) depth++;
    else if (CLOSING.has(c)) depth--;
    else if (c === COMMA && depth === 0) {
      found.push(args.slice(start, i).trim());
      start = i + 1;
    }
  }
  const last = args.slice(start).trim();
  return last === '' && found.length === 0 ? [] : [...found, last];
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING = new Set(Buffer.from('([{<'));
const CLOSING = new Set(Buffer.from(')]}>'));

/** The bytes of a quoted argument. Throws CrashStatesError `bad_trace` when strace has shortened it. */
export function bytesOf(argument: string): Buffer {
  const [, escapes] = /^"((?:\\x[0-9a-f]{2})*)"$/.exec(argument) ?? [];
  if (escapes === undefined) throw bad(argument);
  return Buffer.from(escapes.replaceAll('\\x', ''), 'hex');
}

/** A descriptor as `-y` shows it, `17<path>`; `AT_FDCWD` has the number -100. */
export interface Descriptor {
  readonly fd: number;
  readonly path: string;
}

const AT_FDCWD = -100;

/** Undefined when the argument is no open descriptor. */
export function descriptorOf(argument: string): Descriptor | undefined {
  const match = /^(AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>(?:\(deleted\))?$/.exec(argument);
  if (match === null) return undefined;
  const [, fd, escapes = ''] = match;
  const path = Buffer.from(escapes.replaceAll('\\x', ''), 'hex').toString();
  return { fd: fd === 'AT_FDCWD' ? AT_FDCWD : Number(fd), path };
}

function bad(text: string): CrashStatesError {
  const shown = text.length > 300 ? `${text.slice(0, 200)} … ${text.slice(-100)}` : text;
  return new CrashStatesError('bad_trace', `The trace has a line that does not read: ${shown}`);
}
