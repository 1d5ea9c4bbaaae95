/**
 * A writer is killed before it could commit everything, one line of its buffer is damaged, the end
 * of another is torn; then the recovery is cut anywhere while it replays.
 */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endsWith } from '../harness/expect-exit.js';
import type { Damaged } from '../replay/recording.js';
import type { Scenario } from './scenario.js';

export const recovery: Scenario = {
  name: 'recovery',
  about: 'a killed writer, a damaged line, a torn end; recovery itself is cut while it replays',
  checks: 'database',
  config: { storage: { commit_interval_ms: 300, buffer_flush_interval: 4, archive_days: 30 } },
  takenAway: ['wal lost'],
  play: async (stage) => {
    const source = await stage.source();
    const process = stage.start('writer');
    const one = source.begin();
    source.measure(one, 3);
    await source.settled(one);
    const two = source.begin({ emulated: true });
    source.measure(two, 2);
    await source.settled(two);
    await new Promise((resolve) => setTimeout(resolve, 400));
    source.measure(one, 5);
    source.measure(two, 3);
    await source.settled(one);
    await source.settled(two);
    await endsWith('SIGKILL', process.kill());
    stage.edit((directory) => {
      tearTheEnd(buffersOf(directory, two));
      return [damageALine(buffersOf(directory, one), one, 5)];
    });
    await endsWith(0, stage.recover());
  },
};

export function buffersOf(directory: string, session: string): string {
  const captures = join(directory, 'captures');
  const name = readdirSync(captures).find((entry) => entry.includes(session));
  if (name === undefined) throw new Error(`no buffer of ${session}`);
  return join(captures, name);
}

function tearTheEnd(path: string): void {
  appendFileSync(path, '{"v":1,"type":"measurement","session":"');
}

/** One digit of one line becomes another. */
function damageALine(path: string, session: string, seq: number): Damaged {
  const lines = readFileSync(path, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(`"seq":${seq},`));
  const damaged = (lines[at] ?? '').replace('"unit":"pH"', '"unit":"pX"');
  lines[at] = damaged;
  writeFileSync(path, lines.join('\n'));
  return { session, seq, bytes: Buffer.from(damaged) };
}
