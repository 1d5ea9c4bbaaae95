/** The two bare processes, on a bench's meter. */
import { fileURLToPath } from 'node:url';
import { Run, type Bench } from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import type { BareAcquisition, BareTrip, BareWriter } from './work.js';

/** Where the emulated meter is, below the bench. */
const METER = ['data', 'demo', 'meter'] as const;

export interface BarePair {
  readonly acquisition: Run;
  readonly writer: Run;
  /** Ends both; what was acknowledged, and when. */
  readonly end: () => Promise<BareTrip[]>;
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
  const path = bench.path(...METER);
  const acquisition = start('acquisition', { path, endpoint, intervalMs: 1000 / pollsPerSecond });
  return {
    acquisition,
    writer,
    end: async () => {
      const { code } = await acquisition.stop();
      await writer.stop();
      const said = acquisition.stdout.find((line) => line.startsWith('['));
      if (code !== 0 || said === undefined) {
        throw new BenchError(
          'not_done',
          `The bare processes did not end well: ${acquisition.tail()}`,
        );
      }
      return JSON.parse(said) as BareTrip[];
    },
  };
}
