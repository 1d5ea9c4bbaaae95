/**
 * The dashboard: the page that shows what is measured, and an API for it. It only looks: what is recorded does not
 * depend on it, and it writes nothing but what people say of sessions.
 *
 * ```
 *   live feeds ──▶ hub ──▶ broadcast ──▶ pages (server-sent events)
 *   health pages ─▶ board ────┘
 *   databases (threads) ──▶ archive, history, exports ──▶ answers
 * ```
 */
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { askHealth } from '@elmetron/report';
import { Health, runProcess, type ProcessContext } from '@elmetron/runtime';
import { openReaderThread } from '@elmetron/storage';
import { benchesOf } from './benches/bench.js';
import { databasesBySource } from './databases/by-source.js';
import { Broadcast } from './live/broadcast.js';
import { Feed } from './live/feed.js';
import { History } from './live/history.js';
import { LiveHub } from './live/live-hub.js';
import { Notebook, noteThreadEntry } from './notes/notebook.js';
import { dashboardApp } from './server/app.js';
import { PageServer } from './server/page-server.js';
import { tellWhatIsOpen } from './server/what-is-open.js';
import { Archive } from './sessions/archive.js';
import { Exports } from './sessions/exports.js';
import { storedIdentity } from './sessions/stored-identity.js';
import { SystemView } from './system/system-view.js';
import { version } from './version.js';
import { HealthWatch } from './watch/health-watch.js';
import { Identities } from './watch/identities.js';
import { MeterBoard } from './watch/meter-board.js';

const pageDir = fileURLToPath(new URL('../page/dist/', import.meta.url));

async function show(context: ProcessContext): Promise<void> {
  const { config, clock, log, onStop } = context;
  // Whoever records goes first; the threads that are made from here on inherit it.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const settings = config.app.dashboard;
  const benches = benchesOf(config);
  const sources = benches.map(({ source }) => source);
  const monotonic = (): number => clock.monotonic();

  const databases = databasesBySource(benches, (path) => openReaderThread({ path, log }));
  const archive = new Archive(databases.all, log);
  onStop('databases', () => archive.close());
  const notebook = new Notebook({ entry: noteThreadEntry, log });
  onStop('notes', () => notebook.close());
  await notebook.start(databases.all.map(({ path }) => path));
  const exports = new Exports({ program: `elmetron ${version()}`, log });

  const broadcast: Broadcast = new Broadcast({
    version: version(),
    meters: () => board.meters,
    clock,
    log,
  });
  const hub = new LiveHub({
    sources,
    monotonic,
    reading: (reading) => broadcast.reading(reading),
    mark: (mark) => broadcast.mark(mark),
    changed: () => board.look(),
    log,
  });
  const watch = new HealthWatch({
    ports: benches.flatMap(({ app }) => Object.values(app.monitoring)),
    ask: askHealth,
    monotonic,
    asked: () => board.look(),
  });
  const identities = new Identities({
    stored: (source, session) =>
      storedIdentity(databases.bySource.get(source) ?? [], source, session),
    monotonic,
    changed: () => board.look(),
    log,
  });
  const board: MeterBoard = new MeterBoard({
    benches,
    hub,
    health: watch,
    identities,
    clock,
    changed: (meters) => broadcast.meters(meters),
  });
  const history = new History({
    databases: databases.bySource,
    benches,
    hub,
    emulated: (source, session) => identities.known(source, session ?? null)?.emulated ?? undefined,
    log,
  });

  const health = new Health({ log, clock });
  health.figures = () => ({
    meters: sources.length,
    pages: broadcast.pages,
    ...broadcast.counters,
    exports: exports.underWay,
  });
  const system = new SystemView({
    benches,
    databases: databases.bySource,
    health: watch,
    meters: () => board.meters,
    own: health,
    clock,
  });

  const { port, host } = settings;
  if (port === 0) log.warn({}, 'There is no page: dashboard.port is 0');
  const parts = { settings, version: version(), pageDir, broadcast, history, archive, exports };
  const make = () => dashboardApp({ ...parts, notebook, system, health, clock, log });
  broadcast.start();
  onStop('pages', () => broadcast.stop());
  const feeds = benches.map(
    ({ app, source }) =>
      new Feed({
        endpoint: app.acquisition.live_endpoint,
        take: (record) => hub.take(source, record),
        failed: (error) => {
          log.error({ err: error, source }, 'A live feed cannot be heard any more');
          context.stop(1);
        },
      }),
  );
  onStop('feeds', () => Promise.all(feeds.map((feed) => feed.close())).then(() => undefined));
  watch.start();
  onStop('health watch', () => watch.stop());
  board.start();
  onStop('board', () => board.stop());
  const server = port === 0 ? undefined : await PageServer.start({ host, port, make, log });
  onStop('server', () => server?.close());
  context.onWatchdog(async () => {
    await server?.app?.inject({ url: '/health', headers: { host: `127.0.0.1:${port}` } });
  });
  if (port !== 0) tellWhatIsOpen(settings, log);
}

runProcess({
  name: 'dashboard',
  summary:
    'Shows what is measured, what was recorded and how all of it is, as a page for a browser.',
  main: show,
});
