/** A life of the processes that is recorded once and then cut at every moment. */
import type { ConfigChanges, Stage } from '../harness/stage.js';
import type { OutcomeKind } from '../disk/outcomes.js';

export interface Scenario {
  readonly name: string;
  /** What happens in it, in a sentence. */
  readonly about: string;
  /** What is checked after each cut: the database that recovery leaves, or the spool that acquisition finds. */
  readonly checks: 'database' | 'spool';
  readonly config: ConfigChanges;
  readonly play: (stage: Stage) => Promise<void>;
  /** Kinds that somebody's hand makes, as far as the promise covers them here. */
  readonly takenAway?: readonly Extract<OutcomeKind, 'wal lost' | 'database lost'>[];
  /** Here the database is damaged on purpose, and may be found so. */
  readonly damagedOnPurpose?: boolean;
  /** The captures directory cannot be used here: recovery says so, and that is right. */
  readonly capturesUnusable?: boolean;
}
