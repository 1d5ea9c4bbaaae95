import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { SessionRow } from '../../../src/api/sessions.js';
import { getSessions } from '../api/endpoints.js';
import type { Failure } from '../api/failure.js';
import { settle } from '../api/settle.js';

export interface Sessions {
  readonly rows: readonly SessionRow[] | null;
  readonly next: string | null;
  /** What may be missing, and why. */
  readonly problems: readonly string[];
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly more: () => void;
  readonly again: () => void;
}

/** The sessions that fit, a page at a time; a later question drops the answer to an earlier one. */
export function useSessions(search: string, emulated: boolean | null): Sessions {
  const [rows, setRows] = useState<readonly SessionRow[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(true);
  const [failure, setFailure] = useState<Failure | null>(null);
  const asked = useRef<AbortController | null>(null);

  const ask = useCallback(
    (after: string | null): void => {
      asked.current?.abort();
      const mine = new AbortController();
      asked.current = mine;
      setBusy(true);
      settle(
        getSessions({ search, emulated, ...(after !== null && { after }) }, mine.signal),
        mine.signal,
        (page) => {
          setRows((old) => (after === null ? page.sessions : joined(old ?? [], page.sessions)));
          setNext(page.next);
          setProblems(page.problems);
          setFailure(null);
          setBusy(false);
        },
        (why) => {
          setFailure(why);
          setBusy(false);
        },
      );
    },
    [search, emulated],
  );

  useEffect(() => {
    ask(null);
    return () => asked.current?.abort();
  }, [ask]);

  return {
    rows,
    next,
    problems,
    busy,
    failure,
    more: () => ask(next),
    again: () => ask(null),
  };
}

/** A session that began in between moves the pages: none is there twice. */
function joined(old: readonly SessionRow[], page: readonly SessionRow[]): SessionRow[] {
  const known = new Set(old.map((row) => row.session_uid));
  return [...old, ...page.filter((row) => !known.has(row.session_uid))];
}
