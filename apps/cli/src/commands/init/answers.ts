/** What is asked, what is proposed, and what it is in the configuration. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AppConfig } from '@elmetron/runtime';
import type { Settings } from './fill-in.js';

export interface Answers {
  readonly port: string;
  readonly source: string;
  /** Directory of databases and spool. */
  readonly data: string;
  readonly archiveDays: string;
  /** Empty: nobody. */
  readonly operator: string;
  /** What is added to each of the usual port numbers. */
  readonly shift: number;
}

export interface Question {
  readonly key: Exclude<keyof Answers, 'shift'>;
  readonly text: string;
}

export const QUESTIONS: readonly Question[] = [
  {
    key: 'port',
    text: 'Where is the meter connected: "emulator", "auto", /dev/ttyUSB0, COM3, tcp://host:port?',
  },
  { key: 'source', text: "What is the name of this meter's data?" },
  { key: 'data', text: 'In which directory should the readings lie?' },
  {
    key: 'archiveDays',
    text: 'For how many days are finished buffers kept to rebuild a lost database?',
  },
  { key: 'operator', text: 'Who is the operator, to be noted with each session (may be empty)?' },
];

const USUAL = { endpoint: 5701, live: 5702, page: 8050, acquisition: 8051, writer: 8052 } as const;
/** Between the ports of two benches. */
const STEP = 10;
const BENCHES = 100;

/** @param others configurations of this computer that have their names and ports already */
export function proposed(others: readonly AppConfig[]): Answers {
  const taken = new Set(others.flatMap(portsOf));
  const sources = new Set(others.map(({ acquisition }) => acquisition.source));
  let bench = 1;
  const free = () =>
    !sources.has(`bench-${bench}`) &&
    Object.values(USUAL).every((port) => !taken.has(port + shiftOf(bench)));
  while (!free() && bench < BENCHES) bench++;
  return {
    port: 'emulator',
    source: `bench-${bench}`,
    data: 'data',
    archiveDays: '30',
    operator: '',
    shift: shiftOf(bench),
  };
}

function shiftOf(bench: number): number {
  return (bench - 1) * STEP;
}

function portsOf({ acquisition, monitoring, dashboard }: AppConfig): number[] {
  const { endpoint, live_endpoint } = acquisition;
  const sockets = [endpoint, live_endpoint].map((text) => Number(/:(\d+)$/.exec(text)?.[1]));
  return [...sockets, monitoring.acquisition_port, monitoring.writer_port, dashboard.port];
}

/** Those beside `path`, as far as they can be read. */
export async function configurationsBeside(
  path: string,
  load: (path: string) => { readonly app: AppConfig },
): Promise<AppConfig[]> {
  const directory = dirname(path);
  const names = await readdir(directory).catch(() => []);
  return names
    .filter(
      (name) => name.endsWith('.toml') && name !== 'protocols.toml' && name !== basename(path),
    )
    .flatMap((name) => {
      try {
        return [load(join(directory, name)).app];
      } catch {
        // One that nothing can be started with takes no port either.
        return [];
      }
    });
}

/** Only what was proposed otherwise than the template has it, or answered otherwise, changes a line. */
export function settingsOf({
  port,
  source,
  data,
  archiveDays,
  operator,
  shift,
}: Answers): Settings {
  const tcp = (usual: number) => `tcp://127.0.0.1:${usual + shift}`;
  const directory = data.replace(/[/\\]+$/, '') || data;
  // What is no number is for the check to refuse.
  const days = /^\d+$/.test(archiveDays) ? Number(archiveDays) : archiveDays;
  return {
    device: { port },
    ...(operator === '' ? {} : { 'device.metadata': { operator } }),
    acquisition: {
      source,
      endpoint: tcp(USUAL.endpoint),
      live_endpoint: tcp(USUAL.live),
      spool_dir: `${directory}/spool`,
    },
    writer: { sources: [tcp(USUAL.endpoint)] },
    storage: {
      database_path: `${directory}/elmetron.sqlite`,
      demo_database_path: `${directory}/demo/elmetron.sqlite`,
      archive_days: days,
    },
    monitoring: {
      acquisition_port: USUAL.acquisition + shift,
      writer_port: USUAL.writer + shift,
    },
    dashboard: { port: USUAL.page + shift },
  };
}
