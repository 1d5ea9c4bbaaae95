/**
 * What PM2 is to run, taken from the project's own ecosystem file: whatever is set there is what is
 * put to the test. What differs is listed here, and said in the output.
 */
import { basename, join } from 'node:path';
import { ecosystem, type App } from '@elmetron/rig';

/** Instead of the growing back-off: a thousand kills have to be a matter of minutes. */
export const RESTART_DELAY_MS = 100;

export const DIFFERENCES = [
  `a fixed restart delay of ${RESTART_DELAY_MS} ms instead of the growing back-off`,
  'log files in the directory of the run',
];

export interface AppsOptions {
  /** The root of the built tree. */
  readonly tree: string;
  readonly logs: string;
  /** A configuration for each acquisition. */
  readonly acquisitions: readonly string[];
  /** The configuration of the writer. */
  readonly writer: string;
  /** The names that the writer's process takes in turns. */
  readonly writerNames: readonly string[];
}

export function appsOf({ tree, logs, acquisitions, writer, writerNames }: AppsOptions): App[] {
  const load = (configFile: string, writerName?: string): readonly App[] =>
    ecosystem(tree, {
      ELMETRON_CONFIG: configFile,
      ...(writerName === undefined ? {} : { ELMETRON_WRITER: writerName }),
    });
  const named = (apps: readonly App[], name: string): App => {
    const app = apps.find((one) => one.name === name);
    if (app === undefined) throw new Error(`The ecosystem file of ${tree} has no app ${name}.`);
    return app;
  };
  return [
    ...acquisitions.map((file) => named(load(file), `acquisition-${basename(file, '.toml')}`)),
    ...writerNames.map((name) => named(load(writer, name), name)),
  ].map((app) => forThisRun(app, logs));
}

function forThisRun(app: App, logs: string): App {
  const log = join(logs, `${app.name}.log`);
  const own = { ...app, restart_delay: RESTART_DELAY_MS, out_file: log, error_file: log };
  Reflect.deleteProperty(own, 'exp_backoff_restart_delay');
  return own;
}
