import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from './route.js';

/** The view that the address names, now and whenever it changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const look = (): void => setHash(location.hash);
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, []);
  return parseRoute(hash);
}

/** Another address for what is shown already: reloading and going back find it, nothing is drawn anew. */
export const rename = (href: string): void => history.replaceState(history.state, '', href);
