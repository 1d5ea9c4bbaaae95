/** One session: what passed of it, what was acknowledged, and what the database holds, number by number. */
import { differences, passedRecord } from './passed-record.js';
import type { Fields, StoredSession } from './stored.js';
import type { Violation } from './verdict.js';

export interface SessionEvidence {
  readonly session: string;
  /** What passed, by number. */
  readonly lines: ReadonlyMap<number, Buffer>;
  /** The highest number acknowledged; -1: none. */
  readonly acknowledged: number;
  readonly stored: StoredSession | undefined;
  /** Whether an event in the database says that this number is missing. */
  readonly explained: (seq: number) => boolean;
}

export interface SessionComparison {
  readonly violations: readonly Violation[];
  readonly explainedHoles: number;
}

export function compareSession(evidence: SessionEvidence): SessionComparison {
  const { session, lines, acknowledged, stored, explained } = evidence;
  const violations: Violation[] = [];
  const found = (kind: Violation['kind'], what: string): void =>
    void violations.push({ kind, what: `session ${session}: ${what}` });

  const records = stored?.records ?? new Map<number, Fields>();
  for (const [seq, line] of lines) {
    const passed = passedRecord(line);
    const held = records.get(seq);
    if (passed === undefined)
      found('altered', `what passed as record ${seq} is no record: ${line.toString()}`);
    else if (held !== undefined) {
      const names = differences(passed, held);
      if (names.length > 0)
        found('altered', `record ${seq} differs in ${shown(names, passed, held)}`);
    } else if (seq <= acknowledged)
      found('acknowledged_absent', `record ${seq} is not in the database`);
    else found('lost', `record ${seq} passed, and is not in the database`);
  }
  for (const [seq, held] of records) {
    if (!lines.has(seq)) found('invented', `record ${seq} never passed: ${JSON.stringify(held)}`);
  }
  for (const clash of stored?.clashes ?? []) found('doubled', clash);

  let explainedHoles = 0;
  const last = Math.max(acknowledged, stored?.lastSeq ?? -1, highest(lines.keys()));
  for (let seq = 0; seq <= last; seq++) {
    if (lines.has(seq)) continue;
    if (explained(seq)) explainedHoles++;
    else found('hole', `no record ${seq}, and no event that says why`);
  }
  if (stored !== undefined) checkCounts(stored, found);
  checkOrder(records, found);
  return { violations, explainedHoles };
}

type Found = (kind: Violation['kind'], what: string) => void;

/** What the session's own row says of its records. */
function checkCounts({ records, measurementCount, lastSeq }: StoredSession, found: Found): void {
  const measurements = [...records.values()].filter(({ type }) => type === 'measurement').length;
  if (measurements !== measurementCount) {
    found('altered', `its row counts ${measurementCount} measurements, there are ${measurements}`);
  }
  const last = highest(records.keys());
  if (last !== lastSeq)
    found('altered', `its row says that ${lastSeq} is its last number, it is ${last}`);
}

/** -1 when there are none. */
function highest(numbers: Iterable<number>): number {
  let highest = -1;
  for (const number of numbers) highest = Math.max(highest, number);
  return highest;
}

/** Times never go back within a session: neither the wall clock's nor the monotonic one's. */
function checkOrder(records: ReadonlyMap<number, Fields>, found: Found): void {
  const measurements = [...records]
    .filter(([, { type }]) => type === 'measurement')
    .sort(([a], [b]) => a - b);
  let before: Fields | undefined;
  for (const [seq, fields] of measurements) {
    for (const name of ['captured_at', 'elapsed_ms']) {
      const [earlier, later] = [before?.[name], fields[name]];
      if (
        earlier !== undefined &&
        later !== undefined &&
        earlier !== null &&
        later !== null &&
        earlier > later
      ) {
        found('out_of_order', `${name} goes back at record ${seq}: ${earlier}, then ${later}`);
      }
    }
    before = fields;
  }
}

function shown(names: readonly string[], passed: Fields, held: Fields): string {
  return names
    .map(
      (name) =>
        `${name} (passed ${JSON.stringify(passed[name])}, stored ${JSON.stringify(held[name])})`,
    )
    .join(', ');
}
