/**
 * The trace as calls with a beginning and an end. strace holds a thread at both, so if one call
 * began because another had ended, its beginning stands behind that end in the trace: what the
 * order of lines says is what the order of the program was.
 */
import { CrashStatesError } from '../crash-states-error.js';
import { parseTraceLine, splitArguments, type TraceLine } from './trace-line.js';

export interface Call {
  readonly name: string;
  readonly args: readonly string[];
  /** What it returned; undefined when the process was killed before it did. */
  readonly result: number | undefined;
  /** As strace shows it: `17<path>`, `-1 ENOENT (…)`. */
  readonly resultText: string;
  /** Number of the line. */
  readonly start: number;
  /** Number of the line; undefined when it never returned. */
  readonly end: number | undefined;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
}

interface Begun {
  readonly name: string;
  readonly args: string;
  readonly start: number;
  readonly startedAt: number;
}

/** In the order of their beginnings. Throws CrashStatesError `bad_trace`. */
export function readCalls(text: string): Call[] {
  const begun = new Map<number, Begun>();
  const calls: Call[] = [];
  let at = 0;
  for (const [start, raw] of text.split('\n').entries()) {
    if (raw === '') continue;
    const { thread, line, ...stamp } = parseTraceLine(raw);
    at = stamp.at;
    switch (line.kind) {
      case 'whole':
        calls.push(finished({ ...line, start, startedAt: at }, line, start, at));
        break;
      case 'unfinished':
        begun.set(thread, { ...line, start, startedAt: at });
        break;
      case 'resumed':
        calls.push(resume(begun.get(thread), line, start, at));
        begun.delete(thread);
        break;
      case 'other':
    }
  }
  for (const call of begun.values()) calls.push(neverEnded(call, at));
  return calls.sort((a, b) => a.start - b.start);
}

function resume(
  call: Begun | undefined,
  line: Extract<TraceLine, { kind: 'resumed' }>,
  end: number,
  at: number,
): Call {
  if (call?.name !== line.name) {
    throw new CrashStatesError('bad_trace', `A call of ${line.name} ends that never began`);
  }
  return finished({ ...call, args: call.args + line.args }, line, end, at);
}

function finished(call: Begun, { result }: { result: string }, end: number, at: number): Call {
  const { name, args, start, startedAt } = call;
  const value = /^(?:-?\d+|0x[0-9a-f]+)/.exec(result)?.[0];
  return {
    name,
    args: splitArguments(args),
    // `?`: the process ended in the call.
    result: value === undefined ? undefined : Number(value),
    resultText: result,
    start,
    end: value === undefined ? undefined : end,
    startedAt,
    endedAt: at,
  };
}

function neverEnded({ name, args, start, startedAt }: Begun, endedAt: number): Call {
  const rest = { result: undefined, resultText: '?', end: undefined };
  return {
    name,
    args: splitArguments(args.replace(/, *$/, '')),
    start,
    startedAt,
    endedAt,
    ...rest,
  };
}
