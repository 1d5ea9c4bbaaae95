/**
 * The process of a fleet: `fleet-main.js '{"endpoints":…,"perSecond":…,"seconds":…}'`. Prints `begun` when a
 * writer has the start of every session, waits for a line on its standard input, prints `warm` when they begin to count and `made` when all
 * readings were made, `done` with the result, and ends with its standard input.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Fleet, type FleetOptions } from './fleet.js';

const print = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);

const fleet = await Fleet.start(JSON.parse(process.argv[2] ?? '') as FleetOptions);
const input = createInterface({ input: process.stdin });
while (!fleet.begun) await new Promise((resolve) => setTimeout(resolve, 20));
print({ event: 'begun' });
await once(input, 'line');
const made = await fleet.run(() => print({ event: 'warm' }));
print({ event: 'made' });
print({ event: 'done', result: await fleet.result(made) });
await once(input, 'line');
await fleet.close();
process.exit(0);
