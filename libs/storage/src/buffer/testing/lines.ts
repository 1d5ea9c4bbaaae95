/** Records for tests: whole lines of a session, and a length to choose. */
import { encodeRecord } from '@elmetron/protocol';

export const SESSION = '01990000-0000-7000-8000-000000000001';
const AT = '2026-01-02T03:04:05.678Z';

export function startLine(session = SESSION): Buffer {
  return encodeRecord({
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: AT,
    source: 'bench-1',
    profile: 'cx505',
    device: { model: 'CX-505', serial: 'EMU00001/26', port: 'emulator' },
    emulated: true,
    metadata: {},
  });
}

/** Without newline; by default all are equally long. */
export function eventLine(seq: number, message = filler(seq), session = SESSION): Buffer {
  const event = { at: AT, level: 'info', category: 'test', message, payload: {} } as const;
  return encodeRecord({ v: 1, type: 'audit_event', session, seq, ...event });
}

const filler = (seq: number): string => 'm'.repeat(8 - String(seq).length);

/** Lines `from` to `to`, each ended by a newline. */
export function eventLines(from: number, to: number, session = SESSION): Buffer {
  const lines = Array.from({ length: to - from + 1 }, (_, i) =>
    eventLine(from + i, undefined, session),
  );
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
}

/** `Array.fromAsync` of newer versions of Node. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}
