/**
 * A source whose batches do not join: one of them never comes. The writer must not acknowledge over
 * it; it says hello again and gets all of it. And one that says what it has lost for good.
 */
import { endsWith } from '../harness/expect-exit.js';
import type { Scenario } from './scenario.js';

export const hole: Scenario = {
  name: 'hole',
  about:
    'a batch that never comes is not acknowledged over; a loss that the source tells is explained',
  checks: 'database',
  config: { storage: { buffer_flush_interval: 4, archive_days: 0 } },
  takenAway: ['wal lost'],
  play: async (stage) => {
    const source = await stage.source({ leaky: true });
    const process = stage.start('writer');
    const session = source.begin();
    source.measure(session, 2);
    await source.settled(session);
    source.withhold(session);
    source.measure(session, 4);
    await source.settled(session);
    source.lose(session, 3);
    source.measure(session, 2);
    source.end(session);
    await source.settled(session);
    await endsWith(0, process.stop());
  },
};
