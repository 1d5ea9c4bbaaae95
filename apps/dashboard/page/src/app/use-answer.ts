import { useCallback, useEffect, useState } from 'preact/hooks';
import { failureOf, isAborted, type Failure } from '../api/failure.js';

export interface Answer<T> {
  /** The last good one; it stays while a newer one is asked for. */
  readonly value: T | null;
  readonly failure: Failure | null;
  readonly busy: boolean;
  readonly again: () => void;
}

/**
 * What the server says, asked for when `key` changes, when `again` is called, and every `everyMs` while the page is
 * seen (0: never by itself). An answer that came too late for its key is dropped.
 */
export function useAnswer<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  everyMs = 0,
): Answer<T> {
  const [state, set] = useState<{ key: string; value: T | null; failure: Failure | null }>({
    key,
    value: null,
    failure: null,
  });
  const [busy, setBusy] = useState(true);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    const stopped = new AbortController();
    setBusy(true);
    ask(stopped.signal).then(
      (value) => {
        if (stopped.signal.aborted) return;
        set({ key, value, failure: null });
        setBusy(false);
      },
      (error: unknown) => {
        if (stopped.signal.aborted || isAborted(error)) return;
        set((old) => ({
          key,
          value: old.key === key ? old.value : null,
          failure: failureOf(error),
        }));
        setBusy(false);
      },
    );
    return () => stopped.abort();
  }, [key, round]);

  useEffect(() => {
    if (everyMs <= 0) return;
    const timer = setInterval(() => {
      if (!document.hidden) again();
    }, everyMs);
    const seen = (): void => {
      if (!document.hidden) again();
    };
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [everyMs, again]);

  const mine = state.key === key;
  return { value: mine ? state.value : null, failure: mine ? state.failure : null, busy, again };
}
