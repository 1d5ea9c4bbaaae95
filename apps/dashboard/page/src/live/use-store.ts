import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { LiveStore } from './live-store.js';

export const StoreContext = createContext<LiveStore | null>(null);

export function useStore(): LiveStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('No store around this component');
  return store;
}
