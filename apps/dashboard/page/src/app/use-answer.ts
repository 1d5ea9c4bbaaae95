import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '../api/failure.js';
import { settle } from '../api/settle.js';

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
  const asking = useRef(true);
  asking.current = busy;
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    const stopped = new AbortController();
    setBusy(true);
    settle(
      ask(stopped.signal),
      stopped.signal,
      (value) => {
        set({ key, value, failure: null });
        setBusy(false);
      },
      (failure) => {
        set((old) => ({ key, value: old.key === key ? old.value : null, failure }));
        setBusy(false);
      },
    );
    return () => stopped.abort();
  }, [key, round]);

  useEffect(() => {
    if (everyMs <= 0) return;
    // One that is slow is waited for: asking again would take the question back, and never be answered.
    const look = (): void => {
      if (!document.hidden && !asking.current) again();
    };
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs, again]);

  const mine = state.key === key;
  return { value: mine ? state.value : null, failure: mine ? state.failure : null, busy, again };
}
