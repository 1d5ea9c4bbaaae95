/**
 * Acquisition with an emulated meter. The writer is away for longer than `spool_sync_ms`, comes
 * back and takes everything, the spool is cut away, the writer goes again; acquisition is killed, and
 * its next life offers what the spool still holds.
 */
import { eventually, type Run } from '@elmetron/rig';
import { Subscriber } from 'zeromq';
import { endsWith } from '../harness/expect-exit.js';
import { SpoolConsumer } from '../harness/spool-consumer.js';
import type { Scenario } from './scenario.js';

const WITHIN_MS = 30_000;

export const spool: Scenario = {
  name: 'spool',
  about: 'acquisition: writer away beyond spool_sync_ms, back, away; killed, and its next life',
  checks: 'spool',
  config: { acquisition: { spool_sync_ms: 150 } },
  play: async (stage) => {
    const meter = stage.helper('meter', 'tools/meter/dist/main.js', ['--tcp', stage.meterAddress]);
    await meter.printed('"ready"', WITHIN_MS);
    // What goes out on the live feed has to be in the spool, too.
    const watcher = new Subscriber({ linger: 0 });
    watcher.connect(stage.liveEndpoint);
    watcher.subscribe();
    let seen = 0;
    const watching = (async () => {
      for await (const message of watcher) seen += message.length > 0 ? 1 : 0;
    })();
    stage.afterwards(async () => {
      watcher.close();
      await watching;
    });
    const seenMore = async (count: number, run: Run): Promise<void> => {
      const from = seen;
      await eventually(
        `${count} more records`,
        () => seen >= from + count,
        WITHIN_MS,
        () => run.tail(),
      );
    };

    const first = stage.start('acquisition');
    await seenMore(90, first.run);
    const taker = new SpoolConsumer(stage.endpoint, 2);
    stage.afterwards(() => taker.stop());
    await eventually('the consumer to get them', () => taker.records >= 90, WITHIN_MS);
    await seenMore(10, first.run);
    await taker.stop();
    await seenMore(15, first.run);
    await endsWith('SIGKILL', first.kill());

    const second = stage.start('acquisition');
    await seenMore(15, second.run);
    const next = new SpoolConsumer(stage.endpoint);
    stage.afterwards(() => next.stop());
    await eventually('the next one to get the rest', () => next.records >= 25, WITHIN_MS);
    await endsWith(0, second.stop());
  },
};
