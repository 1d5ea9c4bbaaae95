/** Many meters at line rate into one writer: what it costs the writer, and how far it lags behind. */
import { fileURLToPath } from 'node:url';
import { cpuSeconds, freePorts, peakKilobytes, residentMiB, Run } from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import { readingsOf, type FleetResult } from '../fleet/fleet.js';
import { checkStored } from '../fleet/stored-sessions.js';
import { asPeopleRunIt, checkAlive, onALine } from '../line/on-a-line.js';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';

const ENTRY = fileURLToPath(new URL('../../dist/fleet/fleet-main.js', import.meta.url));
const SIZES = [16, 64] as const;
const PER_SECOND = 80;

interface Outcome extends FleetResult {
  readonly cpuPercent: number;
  readonly generatorPercent: number;
  readonly resident: number;
  readonly peak: number;
}

export const fleet: Measurement = {
  name: 'fleet',
  title: 'fleet at line rate into one writer (acquisitions generated in one process)',
  async measure(context) {
    // The larger one is what counts.
    const sizes = context.quick ? SIZES.slice(-1) : SIZES;
    const outcomes = new Map<number, Outcome[]>(sizes.map((size) => [size, []]));
    for (let run = 0; run < context.runs; run++) {
      for (const size of sizes) outcomes.get(size)?.push(await oneFleet(size, context));
    }
    return sizes.flatMap((size) => figures(size, outcomes.get(size) ?? []));
  },
};

function figures(size: number, outcomes: readonly Outcome[]): Figure[] {
  const figure = (
    name: string,
    title: string,
    unit: string,
    of: (outcome: Outcome) => number,
  ): Figure => ({
    name: `${name}_${size}`,
    title: `${size} meters: ${title}`,
    unit,
    runs: outcomes.map(of),
  });
  return [
    figure(
      'records_per_second',
      'readings made, all of them stored',
      'records/s',
      (o) => o.madePerSecond,
    ),
    figure('cpu', 'writer, of one processor', '%', (o) => o.cpuPercent),
    figure('memory', 'writer, memory at the end', 'MB', (o) => o.resident),
    figure('memory_peak', 'writer, memory at most', 'MB', (o) => o.peak),
    figure('lag_p50', 'from making to acknowledgement, p50', 'ms', (o) => o.lag.p50),
    figure('lag_p99', 'from making to acknowledgement, p99', 'ms', (o) => o.lag.p99),
    figure('lag_most', 'from making to acknowledgement, longest', 'ms', (o) => o.lag.most),
    figure('most_waiting', 'most readings waiting at once', 'records', (o) => o.mostWaiting),
    figure('late_p99', "the generator's own lateness, p99", 'ms', (o) => o.lateP99),
    figure('generator_cpu', 'the generator, of one processor', '%', (o) => o.generatorPercent),
  ];
}

async function oneFleet(size: number, context: MeasurementContext): Promise<Outcome> {
  const seconds = context.quick ? 5 : 20;
  const ports = await freePorts(size);
  const endpoints = ports.map((port) => `tcp://127.0.0.1:${port}`);
  const config = { writer: { sources: endpoints } };
  return await onALine(context, { pollsPerSecond: 1, config }, async (bench) => {
    await bench.configure(asPeopleRunIt(config));
    context.progress(0, 1, `${size} meters at ${PER_SECOND} Hz`);
    const warmSeconds = context.quick ? 2 : 5;
    const options = { endpoints, perSecond: PER_SECOND, warmSeconds, seconds };
    const generator = Run.start('fleet', [ENTRY, JSON.stringify(options)], { cwd: bench.dir });
    bench.atClose(async () => {
      await generator.kill();
    });
    const writer = bench.startWriter();
    await generator.printed('"begun"');
    generator.tell('go');
    await generator.printed('"warm"');
    const before = [cpuSeconds(writer.pid), cpuSeconds(generator.pid), performance.now()] as const;
    await generator.printed('"made"', 10_000 + seconds * 5_000);
    const took = (performance.now() - before[2]) / 1000;
    const cpuPercent = (100 * (cpuSeconds(writer.pid) - before[0])) / took;
    const generatorPercent = (100 * (cpuSeconds(generator.pid) - before[1])) / took;
    const line = await generator.printed('"done"', 90_000);
    checkAlive(writer, generator);
    const resident = residentMiB(writer.pid);
    const peak = (peakKilobytes(writer.pid) ?? NaN) / 1024;
    await writer.stop();
    const { result } = JSON.parse(line) as { readonly result: FleetResult };
    const wanted = readingsOf(options);
    if (result.sessions.some(({ measurements }) => measurements !== wanted)) {
      throw new BenchError(
        'not_done',
        'Not every reading of the fleet was acknowledged in a minute.',
      );
    }
    checkStored(bench.path('data/elmetron.sqlite'), result.sessions);
    return { ...result, cpuPercent, generatorPercent, resident, peak };
  });
}
