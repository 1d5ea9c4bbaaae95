/**
 * A writer is killed with its buffers full and a commit half done; recovery replays from a disk of
 * which the writer's last writes are not certain either, and is cut anywhere. Nothing is repaired by hand.
 */
import { endsWith } from '../harness/expect-exit.js';
import type { Scenario } from './scenario.js';

export const killedWriter: Scenario = {
  name: 'killed-writer',
  about: 'a killed writer and the recovery after it, cut anywhere, then the next writer',
  checks: 'database',
  config: {
    storage: {
      commit_interval_ms: 200,
      buffer_rotate_bytes: 3_000,
      buffer_flush_interval: 4,
      archive_days: 0,
    },
  },
  takenAway: ['wal lost'],
  play: async (stage) => {
    const source = await stage.source();
    const first = stage.start('writer');
    const session = source.begin();
    source.measure(session, 4);
    await source.settled(session);
    await new Promise((resolve) => setTimeout(resolve, 300));
    source.measure(session, 6);
    await source.settled(session);
    await endsWith('SIGKILL', first.kill());
    await endsWith(0, stage.recover());
    const second = stage.start('writer');
    source.measure(session, 2);
    source.end(session);
    await source.settled(session);
    await endsWith(0, second.stop());
  },
};
