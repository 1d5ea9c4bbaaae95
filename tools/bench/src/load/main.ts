/**
 * The load as a process of its own, so that what it costs is not counted as the writer's: generated sources over
 * the real stream. Offers its readings when it reads `go`; lives until it is told to stop.
 */
import { createInterface } from 'node:readline';
import { silentLog, StreamServer, systemClock } from '@elmetron/protocol';
import { GeneratedSource } from '@elmetron/rig';
import { RiskAccount } from './risk-account.js';
import { machineMs, type LoadedSource, type LoadEvent, type LoadSpec } from './spec.js';

const CONSUMER = 'writer';
/** Between two looks at the clock, when readings are offered at a pace. */
const PACE_MS = 1;

interface Served {
  readonly of: LoadedSource;
  readonly source: GeneratedSource;
  readonly server: StreamServer;
  readonly risk: RiskAccount;
}

const say = (event: LoadEvent): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
const spec = JSON.parse(process.argv[2] ?? '{}') as LoadSpec;

process.once('SIGTERM', () => process.exit(0));
const served = await Promise.all(spec.sources.map((of) => serve(of)));
say({ event: 'ready' });
const waiting = setInterval(() => {
  if (!served.every(({ server }) => server.consumers().every(({ connected }) => connected))) return;
  clearInterval(waiting);
  say({ event: 'connected' });
}, 5);
createInterface({ input: process.stdin }).once('line', () => {
  say({ event: 'began', at: machineMs() });
  for (const one of served) begin(one);
  setInterval(
    () =>
      say({
        event: 'progress',
        durable: served.reduce((sum, { source }) => sum + source.durable, 0),
      }),
    250,
  );
});

async function serve(of: LoadedSource): Promise<Served> {
  const risk = new RiskAccount();
  const source = new GeneratedSource({
    source: of.name,
    measurements: of.measurements,
    intervalMs: 1000 / (of.perSecond ?? 1000),
    ahead: spec.ahead,
    startedAt: Date.now(),
    acknowledged: (seq) => {
      if (of.perSecond !== undefined) risk.acknowledged(seq, machineMs());
      if (seq >= of.measurements) finished();
    },
  });
  const endpoint = `tcp://127.0.0.1:${of.port}`;
  const clock = systemClock;
  const server = await StreamServer.bind({
    endpoint,
    source,
    consumers: [CONSUMER],
    clock,
    log: silentLog,
  });
  return { of, source, server, risk };
}

function begin({ of: { measurements, perSecond }, source, server, risk }: Served): void {
  if (perSecond === undefined) {
    source.offer(measurements);
    server.wake();
    return;
  }
  const began = machineMs();
  const pace = setInterval(() => {
    const now = machineMs();
    const due = Math.floor(((now - began) / 1000) * perSecond);
    if (due <= source.offered) return;
    source.offer(due);
    risk.offered(source.offered, now);
    server.wake();
    if (source.offered >= measurements) clearInterval(pace);
  }, PACE_MS);
}

function finished(): void {
  if (!served.every(({ of, source }) => source.durable >= of.measurements)) return;
  say({
    event: 'acknowledged',
    at: machineMs(),
    atRisk: RiskAccount.of(served.map(({ risk }) => risk)),
  });
}
