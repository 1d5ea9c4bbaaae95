import { useEffect, useState } from 'preact/hooks';
import { isPartOf, parseRoute, type Route } from './route.js';

export interface Visit {
  readonly route: Route;
  /** Of the addresses that somebody went to: the same one may be gone to again. */
  readonly number: number;
}

/** The view that the address names, now and whenever somebody goes to another one. */
export function useVisit(): Visit {
  const [visit, setVisit] = useState<Visit>(() => ({
    route: parseRoute(location.hash),
    number: 0,
  }));
  useEffect(() => {
    const look = (): void =>
      setVisit(({ number }) => ({ route: parseRoute(location.hash), number: number + 1 }));
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, []);
  return visit;
}

/**
 * Another address for what is shown already: reloading and going back find it, nothing is drawn anew. Somebody may
 * have gone elsewhere while it was made; then it is too late for it.
 */
export function rename(href: string): void {
  if (isPartOf(href, location.hash)) history.replaceState(history.state, '', href);
}
