/**
 * Turns events into marks of a curve. What lasts begins with one event and ends with another: the second gives the
 * mark of the first once more, with the same `at` and an end.
 */
import type { LoggedAnnotation, LoggedEvent } from '@elmetron/storage';
import type { Mark } from '../api/readings.js';

/** The part of an event that a mark is made of; `at` is UTC, ISO 8601. */
export type EventOfMark = Pick<LoggedEvent, 'at' | 'level' | 'category' | 'message' | 'payload'>;

const KINDS: Readonly<Record<string, Mark['kind']>> = {
  alarm: 'alarm',
  spool: 'gap',
  link: 'gap',
  meter: 'gap',
  hole: 'gap',
  recovery: 'recovery',
};

/** By category, what `payload.what` begins with and ends with; `moved` of a link does neither. */
const BEGINS = new Set(['entered', 'gap_begins', 'lost', 'silent']);
const ENDS = new Set(['left', 'gap', 'back', 'answering']);

export class MarkBook {
  /** What has begun and is not over, by what it is. */
  readonly #open = new Map<string, Mark>();

  /** Of one session, in the order of their times. */
  take(session: string, event: EventOfMark): Mark {
    const { category, level, message, payload } = event;
    const what = text(payload['what']) ?? '';
    const kind = KINDS[category] ?? 'event';
    const mark: Mark = {
      kind: kind === 'gap' && category === 'link' && what === 'moved' ? 'event' : kind,
      session,
      at: Date.parse(event.at),
      until: null,
      level: levelOf(level),
      text: message,
      author: null,
    };
    const key = [session, category, text(payload['alarm']), text(payload['unit'])].join(' ');
    if (BEGINS.has(what)) {
      // Silence is told after a while, and has lasted since the reading before it.
      const begun = { ...mark, at: instant(payload['from']) ?? mark.at };
      this.#open.set(key, begun);
      return begun;
    }
    if (!ENDS.has(what)) return mark;
    const begun = this.#open.get(key);
    this.#open.delete(key);
    return {
      ...mark,
      at: begun?.at ?? instant(payload['from']) ?? mark.at,
      until: instant(payload['to']) ?? mark.at,
      level: begun === undefined ? mark.level : worse(begun.level, mark.level),
    };
  }

  /** The session is over: nothing in it goes on. */
  forget(session: string): void {
    for (const key of this.#open.keys()) {
      if (key.startsWith(`${session} `)) this.#open.delete(key);
    }
  }
}

/** Of a whole session, what lasted once: in the order of their times. */
export function marksOf(
  session: string,
  events: readonly EventOfMark[],
  annotations: readonly LoggedAnnotation[],
): Mark[] {
  const book = new MarkBook();
  const marks = new Map<string, Mark>();
  events.forEach((event, i) => {
    const mark = book.take(session, event);
    const lasting = BEGINS.has(String(event.payload['what'])) || mark.until !== null;
    marks.set(lasting ? `${event.category} ${mark.kind} ${mark.at}` : `${i}`, mark);
  });
  const notes = annotations.flatMap((annotation) =>
    annotation.key === null ? [noteMark(session, annotation)] : [],
  );
  return [...marks.values(), ...notes].sort((a, b) => a.at - b.at);
}

/** What a person wrote; `at` is UTC, ISO 8601. */
export function noteMark(
  session: string,
  { at, text: note, author }: Pick<LoggedAnnotation, 'at' | 'text' | 'author'>,
): Mark {
  return {
    kind: 'note',
    session,
    at: Date.parse(at),
    until: null,
    level: 'info',
    text: note,
    author,
  };
}

const LEVELS = ['info', 'warning', 'error'] as const;

function levelOf(level: string): Mark['level'] {
  return LEVELS.find((known) => known === level) ?? 'info';
}

function worse(a: Mark['level'], b: Mark['level']): Mark['level'] {
  return LEVELS.indexOf(a) > LEVELS.indexOf(b) ? a : b;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function instant(value: unknown): number | undefined {
  const at = Date.parse(text(value) ?? '');
  return Number.isNaN(at) ? undefined : at;
}
