/**
 * What `config/app.toml` may hold: every key with its default and, as its error, the sentence
 * that says what is allowed. The types of the whole system's configuration follow from here.
 */
import { z } from 'zod';
import { alarmsSchema } from './alarms-schema.js';
import { ALLOWED_HOST, dashboardToken, HOST, isAllowedHost, isHost } from './dashboard-schema.js';

const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });
const whole = (allowed: string, min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });
const size = (unit: string) => whole(`a whole number of ${unit}, at least 1`, 1);
const directory = text('the path of a directory, in quotes');
const databaseFile = text('the path of a file, in quotes');
const httpPort = whole('a port number from 0 to 65535 (0 = off)', 0, 65_535);

const NAME =
  'a name of at most 64 letters, digits, ".", "_" and "-" that begins with a letter or digit';
const name = z.string({ error: NAME }).regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/, { error: NAME });

const ENDPOINT = '"tcp://host:port" (port 1 to 65535) or "ipc://path"';
const endpoint = z.string({ error: ENDPOINT }).refine(isEndpoint, { error: ENDPOINT });

const DEVICE_PORT =
  '"emulator", "auto", "tcp://host:port", or the name of a serial port ("/dev/ttyUSB0", "COM3")';
const devicePort = text(DEVICE_PORT).refine(isDevicePort, { error: DEVICE_PORT });

function list<T extends z.ZodType>(item: T, what: string, least: number) {
  const allowed = `a list of ${what}${least > 0 ? ', at least one' : ''}, none of them twice`;
  return z
    .array(item, { error: allowed })
    .min(least, { error: allowed })
    .refine((values) => new Set(values).size === values.length, { error: allowed });
}

/** A table that may be left out: all its keys have defaults. */
function table<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, { error: 'a table' });
}

const METADATA = 'a table of texts and numbers, such as operator = "A. Kowalska"';
const metadata = z.record(
  z.string().min(1),
  z.union([z.string(), z.number()], { error: 'a text in quotes, or a number' }),
  { error: METADATA },
);

export const appSchema = table({
  device: table({
    profile: text('the name of a profile of protocols.toml').default('cx505'),
    fallback_profiles: list(
      text('the name of a profile of protocols.toml'),
      'profile names',
      0,
    ).default([]),
    port: devicePort.default('emulator'),
    metadata: metadata.default({}),
  }).prefault({}),
  acquisition: table({
    source: name.default('bench-1'),
    endpoint: endpoint.default('tcp://127.0.0.1:5701'),
    live_endpoint: endpoint.default('tcp://127.0.0.1:5702'),
    consumers: list(name, 'writer names', 1).default(['writer']),
    memory_limit_records: size('records').default(10_000),
    spool_dir: directory.default('data/spool'),
    spool_sync_ms: size('milliseconds').default(2_000),
    spool_max_bytes: size('bytes').default(1_073_741_824),
  }).prefault({}),
  writer: table({
    consumer: name.default('writer'),
    sources: list(endpoint, 'endpoints', 1).default(['tcp://127.0.0.1:5701']),
    window: size('records').default(10_000),
  }).prefault({}),
  storage: table({
    database_path: databaseFile.default('data/elmetron.sqlite'),
    demo_database_path: databaseFile.default('data/demo/elmetron.sqlite'),
    captures_dir: directory.default('captures'),
    enable_session_buffering: z.boolean({ error: 'true or false' }).default(true),
    buffer_flush_interval: size('records').default(1000),
    buffer_rotate_bytes: size('bytes').default(67_108_864),
    commit_interval_ms: size('milliseconds').default(1_000),
    archive_days: whole('a whole number of days, 0 or more (0 = keep no archive)', 0).default(30),
  }).prefault({}),
  monitoring: table({
    acquisition_port: httpPort.default(8051),
    writer_port: httpPort.default(8052),
  }).prefault({}),
  dashboard: table({
    port: httpPort.default(8050),
    host: z.string({ error: HOST }).refine(isHost, { error: HOST }).default('127.0.0.1'),
    token: dashboardToken.default(''),
    allowed_hosts: list(
      z.string({ error: ALLOWED_HOST }).refine(isAllowedHost, { error: ALLOWED_HOST }),
      'names or addresses',
      0,
    ).default([]),
    benches: list(
      text('the path of a configuration file, in quotes'),
      'paths of configuration files',
      0,
    ).default([]),
    logs_dir: directory.default('data/logs'),
  }).prefault({}),
  alarms: alarmsSchema.prefault({}),
  log: table({
    level: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], {
        error: '"trace", "debug", "info", "warn", "error" or "fatal"',
      })
      .default('info'),
  }).prefault({}),
});

/** `config/app.toml`, checked and with every default filled in. */
export type AppConfig = z.output<typeof appSchema>;
export type LogLevel = AppConfig['log']['level'];

const TCP = /^tcp:\/\/(?:\[[0-9A-Fa-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/;

function isTcp(value: string): boolean {
  const port = Number(TCP.exec(value)?.[1] ?? 0);
  return port >= 1 && port <= 65_535;
}

function isEndpoint(value: string): boolean {
  return isTcp(value) || /^ipc:\/\/\S/.test(value);
}

/** Only a word before `://` can be mistaken; whether a serial port is there shows when it is opened. */
function isDevicePort(value: string): boolean {
  return /^[A-Za-z]+:\/\//.test(value) ? isTcp(value) : true;
}
