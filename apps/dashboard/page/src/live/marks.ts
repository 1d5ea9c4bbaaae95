/** What happened along the curves: notes, alarms, gaps and events of some sessions, each once, bounded. */
import type { Mark } from '../../../src/api/readings.js';

const MOST = 500;

export class MarkBook {
  readonly #most: number;
  #marks: Mark[] = [];

  constructor(most = MOST) {
    this.#most = most;
  }

  /**
   * The same mark may come live and with its session, and once more when what it tells of is over. True: something is
   * new.
   */
  add(marks: readonly Mark[]): boolean {
    const known = new Map(this.#marks.map((mark) => [keyOf(mark), mark]));
    let changed = false;
    for (const mark of marks) {
      const key = mark.until === null ? keyOf(mark) : keyBefore(mark, known);
      const before = known.get(key);
      if (before !== undefined && (before.until !== null || mark.until === null)) continue;
      known.delete(key);
      known.set(keyOf(mark), mark);
      changed = true;
    }
    if (changed)
      this.#marks = [...known.values()].toSorted((a, b) => a.at - b.at).slice(-this.#most);
    return changed;
  }

  /** In the order of their times. */
  within(from: number, to: number): Mark[] {
    return this.#marks.filter((mark) => mark.at <= to && (mark.until ?? mark.at) >= from);
  }

  drop(before: number): void {
    if (this.#marks.some((mark) => (mark.until ?? mark.at) < before))
      this.#marks = this.#marks.filter((mark) => (mark.until ?? mark.at) >= before);
  }
}

const keyOf = ({ kind, session, at, text }: Mark): string =>
  [kind, session, String(at), text].join('\0');

/** Of what began at the same moment and is over now; its text may be another one. */
function keyBefore(mark: Mark, known: ReadonlyMap<string, Mark>): string {
  const open = [...known.values()].filter(
    ({ kind, session, at, until }) =>
      kind === mark.kind && session === mark.session && at === mark.at && until === null,
  );
  const same = open.find(({ text }) => text === mark.text) ?? open[0];
  return keyOf(same ?? mark);
}
