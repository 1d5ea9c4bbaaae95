import type { Clock, Log } from '@elmetron/protocol';
import type { AppConfig, Health } from '@elmetron/runtime';
import type { Broadcast } from '../live/broadcast.js';
import type { History } from '../live/history.js';
import type { Notebook } from '../notes/notebook.js';
import type { Archive } from '../sessions/archive.js';
import type { Exports } from '../sessions/exports.js';
import type { SystemView } from '../system/system-view.js';

/** What the routes answer from. */
export interface DashboardParts {
  readonly settings: AppConfig['dashboard'];
  readonly version: string;
  /** Where the built page lies. */
  readonly pageDir: string;
  readonly broadcast: Broadcast;
  readonly history: Pick<History, 'of'>;
  readonly archive: Archive;
  readonly exports: Exports;
  readonly notebook: Pick<Notebook, 'write'>;
  readonly system: Pick<SystemView, 'system' | 'log'>;
  readonly health: Pick<Health, 'report'>;
  readonly clock: Clock;
  readonly log: Log;
}
