/** The two bare processes, on a bench's meter. */
import { fileURLToPath } from 'node:url';
import { Run, type Bench } from '@elmetron/rig';
import { resultOf } from '../result-of.js';
import type { BareAcquisition, BareTrip, BareTrips, BareWriter } from './work.js';

/** Where the emulated meter is, below the bench. */
const METER = 'data/demo/meter';

export interface BarePair {
  readonly acquisition: Run;
  readonly writer: Run;
  /** Ends both; what was acknowledged, and when. */
  readonly end: () => Promise<readonly BareTrip[]>;
}

export function startBarePair(bench: Bench, pollsPerSecond: number): BarePair {
  const endpoint = `tcp://127.0.0.1:${bench.ports.stream}`;
  const start = (name: string, work: BareAcquisition | BareWriter): Run => {
    const entry = fileURLToPath(new URL(`../../dist/bare/${name}.js`, import.meta.url));
    const run = Run.start(`bare ${name}`, [entry, JSON.stringify(work)], { cwd: bench.dir });
    bench.atClose(async () => {
      await run.kill();
    });
    return run;
  };
  const database = bench.path('bare.sqlite');
  const writer = start('writer', { endpoint, file: bench.path('bare.jsonl'), database });
  const path = bench.path(METER);
  const acquisition = start('acquisition', { path, endpoint, intervalMs: 1000 / pollsPerSecond });
  return {
    acquisition,
    writer,
    end: async () => {
      await acquisition.stop();
      await writer.stop();
      return (resultOf(acquisition) as BareTrips).trips;
    },
  };
}
