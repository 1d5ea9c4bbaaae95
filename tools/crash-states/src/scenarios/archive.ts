/**
 * Segments are archived before they go. What they held can then be brought back into a database
 * that is gone altogether, so here it may be taken away at any moment, too.
 */
import { endsWith } from '../harness/expect-exit.js';
import type { Scenario } from './scenario.js';

export const archive: Scenario = {
  name: 'archive',
  about: 'segments are archived and removed; the database may be lost as a whole',
  checks: 'database',
  config: { storage: { buffer_rotate_bytes: 1_800, buffer_flush_interval: 2, archive_days: 30 } },
  takenAway: ['wal lost', 'database lost'],
  play: async (stage) => {
    const source = await stage.source();
    const process = stage.start('writer');
    const session = source.begin({ metadata: { sample: 'A1' } });
    for (let i = 0; i < 4; i++) {
      source.measure(session, 2);
      await source.settled(session);
    }
    source.end(session);
    await source.settled(session);
    await endsWith(0, process.stop());
  },
};
