/** The meters that the page shows: that of its own configuration, and those of the ones it names. */
import { basename, dirname, resolve } from 'node:path';
import { placesOf } from '@elmetron/report';
import { loadConfig, type AppConfig, type Config } from '@elmetron/runtime';
import { DashboardError } from '../dashboard-error.js';

export interface Bench {
  /** Of its configuration file: `app`, `bench-2`. */
  readonly name: string;
  readonly source: string;
  readonly app: AppConfig;
  /** How far apart its readings are meant to be, in ms. */
  readonly pollIntervalMs: number;
}

/**
 * The own one first. Throws DashboardError `benches_clash`, RuntimeError for a configuration that is none.
 * @param load reads a configuration file
 */
export function benchesOf(config: Config, load: (path: string) => Config = loadConfig): Bench[] {
  const beside = dirname(config.appPath);
  const further = config.app.dashboard.benches.map((path) => load(resolve(beside, path)));
  const configs = [config, ...further];
  different(configs, 'are called', benchName, 'rename one of the files');
  different(
    configs,
    'have the source',
    ({ app }) => app.acquisition.source,
    'give one of them another acquisition.source',
  );
  apart(configs);
  return configs.map(benchOf);
}

/** Whether a session is of an emulated meter is known by the database that it lies in. */
function apart(configs: readonly Config[]): void {
  const kinds = new Map<string, { readonly emulated: boolean; readonly appPath: string }>();
  for (const { app, appPath } of configs) {
    for (const [emulated, path] of placesOf(app.storage)) {
      const known = kinds.get(resolve(path));
      if (known !== undefined && known.emulated !== emulated) {
        throw new DashboardError(
          'benches_clash',
          `${path} is for real meters by one of ${known.appPath} and ${appPath} and for emulated ones by the other (dashboard.benches): give them other paths below [storage].`,
        );
      }
      kinds.set(resolve(path), { emulated, appPath });
    }
  }
}

function benchOf(config: Config): Bench {
  const { app, profiles } = config;
  const { source } = app.acquisition;
  const seconds = profiles[app.device.profile]?.poll_interval_s ?? 1;
  return { name: benchName(config), source, app, pollIntervalMs: seconds * 1000 };
}

function benchName({ appPath }: Config): string {
  return basename(appPath, '.toml');
}

/** What the process manager adds to the names of a bench's processes, and of their logs. */
export function suffixOf(bench: string): string {
  return bench === 'app' ? '' : `-${bench}`;
}

function different(
  configs: readonly Config[],
  clash: string,
  of: (config: Config) => string,
  remedy: string,
): void {
  const known = new Map<string, string>();
  for (const config of configs) {
    const value = of(config);
    const other = known.get(value);
    if (other !== undefined) {
      throw new DashboardError(
        'benches_clash',
        `${other} and ${config.appPath} both ${clash} "${value}" (dashboard.benches): ${remedy}, or leave it out.`,
      );
    }
    known.set(value, config.appPath);
  }
}
