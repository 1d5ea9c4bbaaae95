/**
 * What the bench's relay adds to the way of a message at a meter's pace: half of what a question and its answer take longer
 * through it than directly, each way passed by turns. It is no part of what the product does.
 */
import { fileURLToPath } from 'node:url';
import { eventually, freePorts, PATIENCE_MS, Relay, Run, type RelayWitness } from '@elmetron/rig';
import type { MeasurementContext } from '../measurement.js';
import { resultOf } from '../result-of.js';
import { quantile } from '../statistics.js';
import type { EchoSpec, PingSpec, PingTimes } from './spec.js';

const HOST = '127.0.0.1';
/** The first ones find everything asleep and nothing compiled. */
const LEFT_OUT = 20;

/** In ms, by medians. `witness` is the one of the measurement whose relay it is about. */
export async function relayHop(
  { dir, signal }: Pick<MeasurementContext, 'dir' | 'signal'>,
  { everyMs, count }: Pick<PingSpec, 'everyMs' | 'count'>,
  witness: RelayWitness,
): Promise<number> {
  const [port = 0] = await freePorts(1);
  let broken: Error | undefined;
  const relay = await Relay.open({
    listen: { host: HOST, port: 0 },
    target: { host: HOST, port },
    witness,
    failed: (error) => (broken = error),
  });
  const runs: Run[] = [];
  const start = (name: string, spec: EchoSpec | PingSpec): Run => {
    const entry = fileURLToPath(new URL(`../../dist/hop/${name}.js`, import.meta.url));
    const run = Run.start(name, [entry, JSON.stringify(spec)], { cwd: dir });
    runs.push(run);
    return run;
  };
  const end = (): void => {
    for (const run of runs) run.signal('SIGKILL');
  };
  signal.addEventListener('abort', end);
  try {
    const direct = `tcp://${HOST}:${port}`;
    start('echo', { endpoint: direct });
    const relayed = `tcp://${HOST}:${relay.port}`;
    const ping = start('ping', { direct, relayed, everyMs, count: count + LEFT_OUT });
    const longest = PATIENCE_MS + 10 * count * everyMs;
    await eventually('the last answer of the echo', () => ping.exit !== undefined, longest);
    if (broken !== undefined) throw broken;
    const { directMs, relayedMs } = resultOf(ping) as PingTimes;
    const middle = (ms: readonly number[]): number => quantile(ms.slice(LEFT_OUT), 0.5);
    return (middle(relayedMs) - middle(directMs)) / 2;
  } finally {
    signal.removeEventListener('abort', end);
    end();
    await Promise.all(runs.map(({ exited }) => exited));
    await relay.close();
  }
}
