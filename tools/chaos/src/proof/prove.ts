/**
 * The proof: lays side by side what the meters sent, what passed the witnesses, what was acknowledged
 * and what the database holds, and says every difference. It knows nothing of how the processes work.
 */
import type { SentFrame } from '@elmetron/rig';
import type { Passed } from '../wire/witness.js';
import { compareFrames, type AcquisitionKill } from './compare-frames.js';
import { compareSession } from './compare-session.js';
import type { KeyedEvent, Stored, StoredSession } from './stored.js';
import type { Figures, Verdict, Violation } from './verdict.js';

/** What there is to know of one meter. */
export interface MeterEvidence {
  readonly name: string;
  readonly account: readonly SentFrame[];
  readonly passed: Passed;
  /** Kills of its acquisition. */
  readonly kills: readonly AcquisitionKill[];
}

export interface Evidence {
  readonly meters: readonly MeterEvidence[];
  readonly stored: Stored;
  /** Sessions that acquisitions still write to; every other one must be closed. */
  readonly open: ReadonlySet<string>;
}

export function prove({ meters, stored, open }: Evidence): Verdict {
  const violations: Violation[] = [];
  const sum = { framesSent: 0, framesCut: 0, passed: 0, acknowledged: 0, lostOnTheWire: 0 };
  let explainedHoles = 0;
  const bySession = new Map(stored.sessions.map((session) => [session.session, session]));
  const explains = explanations(stored.keyed);
  const seen = new Set<string>();

  for (const { name, account, passed, kills } of meters) {
    const own = stored.sessions.filter(({ source }) => source === name);
    for (const session of new Set([...passed.lines.keys(), ...passed.acknowledged.keys()])) {
      seen.add(session);
      const lines = passed.lines.get(session) ?? new Map<number, Buffer>();
      const acknowledged = passed.acknowledged.get(session) ?? -1;
      const held = bySession.get(session);
      const explained = (seq: number): boolean => explains(session, seq);
      const result = compareSession({ session, lines, acknowledged, stored: held, explained });
      violations.push(...result.violations);
      explainedHoles += result.explainedHoles;
      sum.passed += lines.size;
      sum.acknowledged += [...lines.keys()].filter((seq) => seq <= acknowledged).length;
    }
    violations.push(...passed.contradictions.map((what) => ({ kind: 'altered' as const, what })));
    violations.push(...wrongEnds(name, own, open, kills.length));
    const frames = compareFrames(name, account, readingsOf(own), kills);
    violations.push(...frames.violations);
    sum.framesSent += frames.whole;
    sum.framesCut += frames.cut;
    sum.lostOnTheWire += frames.lost;
  }
  for (const { session } of stored.sessions) {
    if (!seen.has(session))
      violations.push({ kind: 'invented', what: `session ${session}: nothing of it ever passed` });
  }
  violations.push(...alarms(stored.keyed));
  if (stored.integrity !== 'ok') violations.push({ kind: 'integrity', what: stored.integrity });
  const figures: Figures = {
    ...sum,
    sessions: stored.sessions.length,
    rows: stored.sessions.reduce((rows, { records }) => rows + records.size, 0),
    allowedOnTheWire: meters.reduce((allowed, { kills }) => allowed + kills.length, 0),
    explainedHoles,
  };
  return { violations, figures };
}

function readingsOf(sessions: readonly StoredSession[]) {
  return sessions.flatMap(({ session, records }) =>
    [...records]
      .filter(([, { type }]) => type === 'measurement')
      .sort(([a], [b]) => a - b)
      .map(([seq, { raw_frame_hex: frame }]) => ({ session, seq, frame: String(frame) })),
  );
}

/** A session ends as its acquisition said, or as crashed when that was killed; not otherwise, and not never. */
function wrongEnds(
  name: string,
  sessions: readonly StoredSession[],
  open: ReadonlySet<string>,
  kills: number,
): Violation[] {
  const violations: Violation[] = [];
  const wrong = (what: string): void => void violations.push({ kind: 'wrong_end', what });
  for (const { session, endReason } of sessions) {
    if (endReason === null && !open.has(session))
      wrong(`session ${session} (${name}) was never closed`);
    if (endReason !== null && open.has(session))
      wrong(`session ${session} (${name}) goes on, and is closed as ${endReason}`);
  }
  const crashed = sessions.filter(({ endReason }) => endReason === 'crashed').length;
  if (crashed > kills)
    wrong(`${crashed} sessions of ${name} are closed as crashed, it was killed ${kills} times`);
  return violations;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Whether an event of the writer says that a number of a session is missing: by one range, or by a list. */
function explanations(keyed: readonly KeyedEvent[]): (session: string, seq: number) => boolean {
  const ranges = keyed
    .filter(({ category }) => category === 'hole')
    .flatMap(({ session, payload }) => {
      const said = JSON.parse(payload) as Range | { readonly missing: readonly Range[] };
      const missing = 'missing' in said ? said.missing : [said];
      return missing.map(({ from, to }) => ({ session, from, to }));
    });
  return (session, seq) =>
    ranges.some((range) => range.session === session && range.from <= seq && seq <= range.to);
}

/** Nothing of what a run does to the system gives it a reason to set anything aside. */
function alarms(keyed: readonly KeyedEvent[]): Violation[] {
  return keyed
    .filter(({ level }) => level === 'error')
    .map(({ category, message, payload, session }) => ({
      kind: 'alarm' as const,
      what: `${category}, session ${session ?? 'unknown'}: ${message} ${payload}`,
    }));
}
