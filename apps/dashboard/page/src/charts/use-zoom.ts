import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '../api/failure.js';
import { settle } from '../api/settle.js';
import { isWhole, moved, within, zoomed, type View } from './zoom.js';

const PAUSE_MS = 120;

export interface Zoom<T> {
  /** What is shown, also before the server has answered. */
  readonly view: View;
  readonly whole: boolean;
  /** The last answer; it stays until the next one. */
  readonly value: T | null;
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly show: (view: View) => void;
  readonly by: (factor: number, centre?: number) => void;
  readonly move: (part: number) => void;
  readonly all: () => void;
  readonly again: () => void;
}

/**
 * A view of something that the server has in full: each one is asked for, a little after it stands still, and an
 * answer that came too late for the view of the moment is dropped.
 */
export function useZoom<T>(
  all: View,
  first: View | null,
  ask: (view: View, signal: AbortSignal) => Promise<T>,
): Zoom<T> {
  const [view, setView] = useState<View>(() => (first === null ? all : within(first, all)));
  const [state, set] = useState<{ value: T | null; failure: Failure | null }>({
    value: null,
    failure: null,
  });
  const [busy, setBusy] = useState(true);
  const [round, setRound] = useState(0);
  const asking = useRef(ask);
  asking.current = ask;
  const seen = useRef(all);
  const started = useRef(false);

  // A session that goes on: who looks at all of it goes on looking at all of it.
  useEffect(() => {
    const before = seen.current;
    seen.current = all;
    setView((now) => (isWhole(now, before) ? all : now));
  }, [all.from, all.to]);

  useEffect(() => {
    const mine = new AbortController();
    setBusy(true);
    const go = (): void => {
      started.current = true;
      settle(
        asking.current(view, mine.signal),
        mine.signal,
        (value) => {
          set({ value, failure: null });
          setBusy(false);
        },
        (failure) => {
          set((old) => ({ ...old, failure }));
          setBusy(false);
        },
      );
    };
    const timer = setTimeout(go, started.current ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      mine.abort();
    };
  }, [view.from, view.to, round]);

  const by = useCallback(
    (factor: number, centre?: number) =>
      setView((now) => zoomed(now, seen.current, factor, centre)),
    [],
  );
  return {
    ...state,
    view,
    whole: isWhole(view, all),
    busy,
    show: (next) => setView(within(next, all)),
    by,
    move: (part) => setView((now) => moved(now, seen.current, part)),
    all: () => setView(seen.current),
    again: () => setRound((n) => n + 1),
  };
}
