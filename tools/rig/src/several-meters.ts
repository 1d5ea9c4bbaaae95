/**
 * More meters beside a bench's own: each with a pseudo-terminal, a configuration and an acquisition of its own, all
 * of them into the bench's writer, and watched by its dashboard.
 */
import type { Bench } from './bench.js';
import { freePorts } from './free-ports.js';
import type { Run } from './run.js';

export interface AddedMeter {
  /** `acquisition.source`: `bench-2` and on. */
  readonly source: string;
  /** Its configuration, relative to the bench. */
  readonly config: string;
  /** The port of its acquisition's health page. */
  readonly port: number;
  readonly startMeter: (...args: string[]) => Promise<Run>;
  readonly startAcquisition: () => Run;
}

/** Writes the configurations; nothing runs yet. Those of before are replaced. */
export async function addMeters(
  bench: Bench,
  count: number,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Promise<readonly AddedMeter[]> {
  const ports = await freePorts(3 * count);
  const numbers = Array.from({ length: count }, (_, i) => i + 2);
  const sources = [endpoint(bench.ports.stream)];
  const added = [];
  for (const n of numbers) {
    const [stream = 0, live = 0, health = 0] = ports.splice(0, 3);
    sources.push(endpoint(stream));
    const [source, path] = [`bench-${n}`, `data/demo/meter-${n}`];
    await bench.configure(
      {
        ...changes,
        device: { ...changes['device'], port: bench.path(path) },
        acquisition: {
          source,
          endpoint: endpoint(stream),
          live_endpoint: endpoint(live),
          spool_dir: 'data/spool',
        },
        monitoring: { acquisition_port: health },
        // One page for all of them.
        dashboard: { port: 0 },
      },
      `${source}.toml`,
    );
    const [config, port] = [`config/${source}.toml`, health];
    const options = ['--path', path, '--account', bench.path(`account-${n}.jsonl`)];
    added.push({
      source,
      config,
      port,
      startMeter: (...args: string[]) =>
        bench.startMeter(...options, '--serial', `EMU${String(n).padStart(5, '0')}`, ...args),
      startAcquisition: () => bench.startAcquisition(config),
    });
  }
  await bench.configure({
    ...changes,
    writer: { ...changes['writer'], sources },
    dashboard: { ...changes['dashboard'], benches: added.map(({ source }) => `${source}.toml`) },
  });
  return added;
}

function endpoint(port: number): string {
  return `tcp://127.0.0.1:${port}`;
}
