/**
 * The page left open for a long time: `node tools/rig/dist/browser/soak/main.js [--minutes 60] [--meters 20]
 * [--every 30] [--json FILE]`. Prints a line for each look, and at the end the figures of the start, the middle and
 * the end. Exit code 1: it grew, it was held up, or a reading is missing.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { browserProblem } from '../find-chromium.js';
import { line, table, verdict } from './report.js';
import { soak } from './soak.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    meters: { type: 'string', default: '20' },
    every: { type: 'string', default: '30' },
    json: { type: 'string' },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const problem = browserProblem();
if (problem !== undefined) {
  say(problem);
  process.exit(2);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stop.abort();
  });
}
const result = await soak({
  minutes: Number(values.minutes),
  meters: Number(values.meters),
  everySeconds: Number(values.every),
  signal: stop.signal,
  sampled: (sample) => {
    say(line(sample));
    if (values.json !== undefined) appendFileSync(values.json, `${JSON.stringify(sample)}\n`);
  },
  say,
});
say(table(result.samples));
say(`${result.stored} readings are in the database, of every meter all that it was asked for`);
const wrong = [...verdict(result.samples), ...result.faults];
for (const fault of wrong) say(`wrong: ${fault}`);
process.exitCode = wrong.length === 0 ? 0 : 1;
