/**
 * The database is damaged (a page overwritten). Recovery moves it aside and fills a new one from the
 * archive and the buffers, and is cut anywhere while it does.
 */
import { closeSync, existsSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@elmetron/rig';
import { endsWith } from '../harness/expect-exit.js';
import type { Scenario } from './scenario.js';

export const rebuild: Scenario = {
  name: 'rebuild',
  about: 'a damaged database is moved aside and rebuilt from archive and buffers, cut anywhere',
  checks: 'database',
  config: { storage: { buffer_rotate_bytes: 1_800, buffer_flush_interval: 2, archive_days: 30 } },
  damagedOnPurpose: true,
  play: async (stage) => {
    const source = await stage.source();
    const process = stage.start('writer');
    const session = source.begin({ metadata: { sample: 'A1' } });
    for (let i = 0; i < 5; i++) {
      source.measure(session, 2);
      await source.settled(session);
    }
    // Of several, the rebuild can be cut between two.
    await eventually('three archives', () => archivesIn(stage.directory) >= 3, 30_000);
    await endsWith('SIGKILL', process.kill());
    stage.edit((directory) => {
      for (const name of readdirSync(join(directory, 'data'))) {
        if (name.endsWith('.sqlite')) overwrite(join(directory, 'data', name));
      }
      return [];
    });
    await endsWith(0, stage.recover());
  },
};

function archivesIn(directory: string): number {
  const archive = join(directory, 'captures/archive');
  if (!existsSync(archive)) return 0;
  return readdirSync(archive).filter((name) => name.endsWith('.gz')).length;
}

function overwrite(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 4096);
  closeSync(file);
}
