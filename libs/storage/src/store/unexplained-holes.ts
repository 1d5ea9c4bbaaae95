/**
 * Which numbers a session that is over should have and has not, and nobody has said why. The
 * sessions' own figures tell whether there is anything to look for; the numbers themselves are read
 * only when there is.
 */
import { explainedNumbers } from './explained-numbers.js';
import type { IncompleteSession, Statements } from './statements.js';
import type { SequenceRange, SessionHoles } from './store.js';

/** At most so many at a time: what is told becomes explained, and the rest comes next. */
const MOST = { sessions: 100, ranges: 1_000 };

/** In a transaction: the figures and the numbers must be of one moment. */
export function unexplainedHoles(
  statements: Statements,
  source: string,
  listed: readonly string[],
): readonly SessionHoles[] {
  const found: SessionHoles[] = [];
  for (const session of statements.holes.incomplete.all(source, JSON.stringify(listed))) {
    const missing = holesOf(session, statements);
    if (missing.length > 0) found.push({ session: session.uid, missing });
    if (found.length === MOST.sessions) break;
  }
  return found;
}

/** Those of one session, at most 1,000 ranges. */
export function holesOf(
  { id, uid, row_count, last_seq }: IncompleteSession,
  { holes }: Statements,
): readonly SequenceRange[] {
  const explained = explainedNumbers(uid, last_seq, holes.events.all(uid));
  // First by what the events name: a session of weeks with an old hole must not be read through
  // each time anew.
  let unexplained = last_seq + 1 - row_count;
  for (const { from, to } of explained) {
    unexplained -= to - from + 1 - (holes.present.get({ id, from, to }) ?? 0);
  }
  if (unexplained <= 0) return [];
  const absent = holes.absent.all({ id, from: 0, to: last_seq });
  return without(absent, explained).slice(0, MOST.ranges);
}

/** Both ascending, and neither with two ranges that overlap. */
function without(
  ranges: readonly SequenceRange[],
  taken: readonly SequenceRange[],
): readonly SequenceRange[] {
  const left: SequenceRange[] = [];
  let at = 0;
  for (const { from, to } of ranges) {
    let next = from;
    for (let cut = taken[at]; cut !== undefined && cut.from <= to; cut = taken[at]) {
      if (cut.from > next) left.push({ from: next, to: cut.from - 1 });
      next = Math.max(next, cut.to + 1);
      if (cut.to > to) break;
      at++;
    }
    if (next <= to) left.push({ from: next, to });
  }
  return left;
}
