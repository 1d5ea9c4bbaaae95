/** What was said of a meter's sessions: whether each is emulated; remembered while nobody says it. */
import type { Meter } from '../../../src/api/live.js';
import { originOf, type Origin } from './origin.js';

const REMEMBERED = 8;

export class Origins {
  readonly #said = new Map<string, boolean>();
  #last: { readonly session: string | null; readonly emulated: boolean } | null = null;
  #over: string | null = null;

  /** True: another kind of meter has taken over, and nothing that is shown belongs to it. */
  say({ session, emulated }: Pick<Meter, 'session' | 'emulated'>): boolean {
    if (emulated === null) return false;
    const before = this.#last;
    this.#last = { session, emulated };
    if (session !== null) {
      this.#said.delete(session);
      this.#said.set(session, emulated);
      const [oldest] = this.#said.keys();
      if (this.#said.size > REMEMBERED && oldest !== undefined) this.#said.delete(oldest);
    }
    if (before === null || before.emulated === emulated) return false;
    this.#over = before.session;
    return true;
  }

  /** Of a session whose readings belong to another kind of meter than that of now. */
  isOver(session: string): boolean {
    return session === this.#over;
  }

  /** `shown`: the session of the readings that are shown; null: not known. */
  of(shown: string | null, { session, emulated }: Pick<Meter, 'session' | 'emulated'>): Origin {
    const said = this.#said.get(shown ?? session ?? '');
    if (said !== undefined) return originOf(said);
    if (emulated === true) return 'emulated';
    const same = shown === null || session === null || shown === session;
    return emulated === false && same ? 'real' : 'unknown';
  }
}
