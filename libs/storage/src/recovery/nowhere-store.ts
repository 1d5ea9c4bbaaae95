/**
 * A store that takes everything and keeps nothing: stands for the database that is not being
 * rebuilt, when an archive holds records for the other one.
 */
import type { CommitResult, Store, Stores } from '../store/store.js';

const NOTHING: CommitResult = {
  inserted: 0,
  insertedMeasurements: 0,
  insertedAuditEvents: 0,
  replayed: 0,
  conflicts: [],
};

export const nowhereStore: Store = {
  commit: () => Promise.resolve(NOTHING),
  importLegacy: () => Promise.resolve(NOTHING),
  recordEvent: () => Promise.resolve(),
  annotate: () => Promise.resolve(0),
  reconcileSessions: () => Promise.resolve([]),
  sessionState: () => Promise.resolve(undefined),
  unexplainedHoles: () => Promise.resolve([]),
  checkpoint: () => Promise.resolve(true),
  close: () => Promise.resolve(),
};

export const nowhereStores: Stores = {
  get: () => Promise.resolve(nowhereStore),
  close: () => Promise.resolve(),
};
