/** Reads a session as the stream does for a consumer that knows nothing of it. */
import { decodeLine } from '@elmetron/protocol';
import type { ReadLimit, SpoolSession } from '../spool-session.js';

export interface Drained {
  /** The numbers of the lines, which are all whole and in their place. */
  readonly numbers: readonly number[];
  /** What was shown to be lost. */
  readonly lost: readonly number[];
}

export function drain(session: SpoolSession, limit: Partial<ReadLimit> = {}): Drained {
  const numbers: number[] = [];
  const lost: number[] = [];
  let after = -1;
  for (;;) {
    const batch = session.read(after, { records: 7, bytes: 1_000_000, ...limit });
    if (batch === undefined) return { numbers, lost };
    if (batch.lines.length === 0) throw new Error('an empty batch');
    if (batch.first <= after || batch.prev < after) throw new Error('what was read comes again');
    for (let seq = Math.max(after, batch.prev) + 1; seq < batch.first; seq++) lost.push(seq);
    for (const [i, line] of batch.lines.entries()) {
      const decoded = decodeLine(line);
      const seq = batch.first + i;
      if (!decoded.ok || decoded.record.seq !== seq || decoded.record.session !== session.session) {
        throw new Error(`not the record ${seq}: ${line.toString()}`);
      }
      numbers.push(seq);
    }
    after = batch.first + batch.lines.length - 1;
  }
}
