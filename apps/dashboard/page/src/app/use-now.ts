import { useEffect, useState } from 'preact/hooks';

/** Draws the component again so often, for what counts up; not while nobody looks. */
export function useTick(everyMs: number): void {
  const [, set] = useState(0);
  useEffect(() => {
    const tick = (): void => set((n) => n + 1);
    const timer = setInterval(() => {
      if (!document.hidden) tick();
    }, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [everyMs]);
}
