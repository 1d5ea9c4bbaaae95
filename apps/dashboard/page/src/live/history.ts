/** Asks for curves up to now, a few at a time: twenty meters must not ask for a day each in one moment. */
import type { Curve, Mark } from '../../../src/api/readings.js';
import { getHistory, getSession, getSessions } from '../api/endpoints.js';
import { failureOf, isAborted, type Failure } from '../api/failure.js';
import { parseTime } from '../app/time.js';

const AT_ONCE = 3;
/** A window may reach over several sessions; further ones have their own page. */
const MOST_SESSIONS = 6;

export interface HistoryOf {
  readonly curve: Curve;
  readonly marks: readonly Mark[];
  /** Why there are no marks; the curve is there all the same. */
  readonly failure: Failure | null;
}

export class History {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async of(
    source: string,
    { seconds, points, marks }: { seconds: number; points: number; marks: boolean },
    signal: AbortSignal,
  ): Promise<HistoryOf> {
    await this.#turn();
    try {
      const curve = await getHistory({ source, seconds, points }, signal);
      if (!marks) return { curve, marks: [], failure: null };
      try {
        return { curve, marks: await marksOf(source, curve.from, signal), failure: null };
      } catch (error) {
        if (isAborted(error)) throw error;
        return { curve, marks: [], failure: failureOf(error) };
      }
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    this.#running++;
  }
}

async function marksOf(source: string, from: number, signal: AbortSignal): Promise<Mark[]> {
  const { sessions } = await getSessions({ source, limit: 50 }, signal);
  const seen = sessions
    .filter((row) => (parseTime(row.ended_at) ?? Infinity) >= from)
    .slice(0, MOST_SESSIONS);
  const whole = await Promise.all(seen.map((row) => getSession(row.session_uid, signal)));
  return whole
    .flatMap((session) => session.marks)
    .filter((mark) => (mark.until ?? mark.at) >= from);
}
