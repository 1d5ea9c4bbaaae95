import { MARK_OF, WHY_MARKED, type Origin } from './origin.js';

/** On everything that is, or may be, of no real meter. */
export function EmulatedBand({ origin, what }: { origin: Origin; what?: string }) {
  const mark = MARK_OF[origin];
  if (mark === null) return null;
  return (
    <p class="emulated">
      <strong>{mark}</strong> <span>{what ?? WHY_MARKED[origin]}</span>
    </p>
  );
}
