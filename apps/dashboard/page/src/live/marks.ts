/** What happened along the curves: notes, alarms, gaps and events of some sessions, each once, bounded. */
import type { Mark } from '../../../src/api/readings.js';

const MOST = 500;

export class MarkBook {
  #marks: Mark[] = [];

  /** The same mark may come live and with its session. True: something is new. */
  add(marks: readonly Mark[]): boolean {
    const known = new Map(this.#marks.map((mark) => [keyOf(mark), mark]));
    let changed = false;
    for (const mark of marks) {
      const before = known.get(keyOf(mark));
      // A gap that was open when it was told of has an end now.
      if (before !== undefined && (before.until !== null || mark.until === null)) continue;
      known.set(keyOf(mark), mark);
      changed = true;
    }
    if (changed)
      this.#marks = [...known.values()].toSorted((a, b) => a.at - b.at).slice(-MOST);
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
