export { archiveSessions, type ArchiveSessionsOptions } from './archive-sessions.js';
export { heldBack, type HeldBack, type RestingPlaces } from './held-back.js';
export {
  removeSessions,
  type RemovedSessions,
  type RemoveSessionsOptions,
} from './remove-sessions.js';
