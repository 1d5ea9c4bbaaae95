/**
 * The writer from an empty disk: two sessions, one of an emulated meter, group commits, rotation,
 * commits, checkpoints, removal without archive, and an orderly end.
 */
import { endsWith } from '../harness/expect-exit.js';
import type { Scenario } from './scenario.js';

export const writer: Scenario = {
  name: 'writer',
  about: 'two sessions from an empty disk: group commits, rotation, commits, removal, orderly stop',
  checks: 'database',
  config: { storage: { buffer_rotate_bytes: 2_600, buffer_flush_interval: 3, archive_days: 0 } },
  takenAway: ['wal lost'],
  play: async (stage) => {
    const source = await stage.source();
    const process = stage.start('writer');
    const real = source.begin({ metadata: { operator: 'A. Kowalska', room: 114 } });
    source.measure(real, 1);
    await source.settled(real);
    source.measure(real, 5);
    source.event(real, 'The link was lost');
    await source.settled(real);
    const demo = source.begin({ emulated: true });
    source.measure(demo, 2);
    source.measure(real, 2);
    await source.settled(demo);
    source.note(real, { sample: 'B7' });
    source.measure(real, 3);
    source.end(real);
    await source.settled(real);
    source.measure(demo, 2);
    source.end(demo);
    await source.settled(demo);
    await endsWith(0, process.stop());
  },
};
