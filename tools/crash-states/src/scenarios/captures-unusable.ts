/**
 * The captures directory cannot be used: another file stands in its place. The commit in the
 * database is then what acknowledges, a record that is none goes into the database as an event.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endsWith } from '../harness/expect-exit.js';
import type { Scenario } from './scenario.js';

export const capturesUnusable: Scenario = {
  name: 'captures-unusable',
  about: 'no buffer can be written: the commit in the database acknowledges',
  checks: 'database',
  config: { storage: { buffer_flush_interval: 4, archive_days: 0 } },
  capturesUnusable: true,
  play: async (stage) => {
    stage.edit((directory) => {
      writeFileSync(join(directory, 'captures'), 'A file where a directory should be.\n');
      return [];
    });
    const source = await stage.source();
    const process = stage.start('writer');
    const session = source.begin();
    source.measure(session, 2);
    await source.settled(session);
    for (let i = 0; i < 3; i++) {
      source.measure(session, 3);
      await source.settled(session);
    }
    source.poison(session, Buffer.from('no record at all'));
    source.measure(session, 1);
    await source.settled(session);
    source.end(session);
    await source.settled(session);
    await endsWith(0, process.stop());
  },
};
