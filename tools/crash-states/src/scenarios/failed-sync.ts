/**
 * The disk refuses one sync of a buffer with an I/O error. The kernel takes those pages for written:
 * a second sync would say ok and be wrong. The writer has to end, and recovery reads what is there.
 */
import { endsWith } from '../harness/expect-exit.js';
import type { Scenario } from './scenario.js';

export const failedSync: Scenario = {
  name: 'failed-sync',
  about: 'one sync of a buffer fails; the writer ends, a second one takes over',
  checks: 'database',
  config: { storage: { buffer_flush_interval: 4, commit_interval_ms: 60_000, archive_days: 0 } },
  play: async (stage) => {
    const source = await stage.source();
    // One thread for files, so that its third fdatasync is the third of the buffer.
    const first = stage.start('writer', {
      inject: 'fdatasync:error=EIO:when=3',
      env: { UV_THREADPOOL_SIZE: '1' },
    });
    const session = source.begin();
    source.measure(session, 1);
    await source.settled(session);
    // A writer that goes on after the failed sync is stopped in order, and judged by what it left.
    for (let i = 0; i < 6 && first.run.exit === undefined; i++) {
      source.measure(session, 1);
      await Promise.race([source.settled(session), first.run.exited]);
    }
    if (first.run.exit === undefined) await first.stop();
    else await first.ended();
    await endsWith(0, stage.recover());
  },
};
