import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeError } from '../errors.js';
import { loadConfig } from './load-config.js';

const CX505 = '[profiles.cx505]\n';
let dir: string;
let appPath: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'config-'));
  appPath = join(dir, 'app.toml');
});
afterEach(() => rmSync(dir, { recursive: true }));

function load(app: string | Uint8Array, protocols: string | Uint8Array = CX505) {
  writeFileSync(appPath, app);
  writeFileSync(join(dir, 'protocols.toml'), protocols);
  return loadConfig(appPath);
}

function failure(app: string | Uint8Array, protocols: string | Uint8Array = CX505): RuntimeError {
  try {
    load(app, protocols);
  } catch (error) {
    if (error instanceof RuntimeError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

function problems(app: string, protocols?: string) {
  const error = failure(app, protocols);
  expect(error.code).toBe('config_invalid');
  return error.problems;
}

describe('a file as a whole', () => {
  it('may be empty: every key has its default', () => {
    const { app, profiles, ignored } = load('');
    expect(app).toEqual({
      device: { profile: 'cx505', fallback_profiles: [], port: 'emulator', metadata: {} },
      acquisition: {
        source: 'bench-1',
        endpoint: 'tcp://127.0.0.1:5701',
        live_endpoint: 'tcp://127.0.0.1:5702',
        consumers: ['writer'],
        memory_limit_records: 10_000,
        spool_dir: 'data/spool',
        spool_sync_ms: 2_000,
        spool_max_bytes: 1_073_741_824,
      },
      writer: { consumer: 'writer', sources: ['tcp://127.0.0.1:5701'], window: 10_000 },
      storage: {
        database_path: 'data/elmetron.sqlite',
        demo_database_path: 'data/demo/elmetron.sqlite',
        captures_dir: 'captures',
        enable_session_buffering: true,
        buffer_flush_interval: 1000,
        buffer_rotate_bytes: 67_108_864,
        commit_interval_ms: 1_000,
        archive_days: 30,
      },
      monitoring: { acquisition_port: 8051, writer_port: 8052 },
      dashboard: {
        port: 8050,
        host: '127.0.0.1',
        token: '',
        allowed_hosts: [],
        benches: [],
        logs_dir: 'data/logs',
      },
      alarms: { no_reading_s: 0, units: {}, hook_command: [], hook_url: '', hook_timeout_s: 10 },
      log: { level: 'info' },
    });
    expect(profiles['cx505']).toEqual({
      transport: 'serial',
      poll_hex: '012330233023302303',
      poll_interval_s: 0.8,
      baud: 115_200,
      data_bits: 8,
      stop_bits: 2,
      parity: 'even',
      read_timeout_ms: 500,
    });
    expect(ignored).toEqual([]);
  });

  it('as delivered says nothing but the defaults, so that its comments are true', () => {
    const delivered = loadConfig(new URL('../../../../config/app.toml', import.meta.url).pathname);
    const byDefault = load('');
    expect(delivered.app).toEqual(byDefault.app);
    expect(delivered.profiles).toEqual(byDefault.profiles);
    expect(delivered.ignored).toEqual([]);
  });

  it('is missed by its path', () => {
    expect(() => loadConfig(appPath)).toThrow(expect.objectContaining({ code: 'config_missing' }));
    writeFileSync(appPath, '');
    expect(() => loadConfig(appPath)).toThrow(
      expect.objectContaining({
        code: 'config_missing',
        message: expect.stringContaining(join(dir, 'protocols.toml')) as string,
      }),
    );
  });

  it('that is not TOML is answered with line and column', () => {
    const error = failure('[device]\nprofile = "cx505"\nport = \n');
    expect(error.code).toBe('config_syntax');
    expect(error.message).toContain(`${appPath}, line 3, column 8`);
    expect(failure('', '[profiles').message).toContain('protocols.toml, line 1');
    expect(failure(`[storage]\ndatabase_path = "D:\\lab"`).code).toBe('config_syntax');
    expect(failure(Buffer.from('a = "\xb5"', 'latin1')).code).toBe('config_syntax');
  });

  it('may begin with a byte order mark', () => {
    expect(load('\ufeff[log]\nlevel = "debug"').app.log.level).toBe('debug');
  });
});

describe('a value that is not allowed', () => {
  it.each([
    ['[device]\nport = 3', 'device.port', '3'],
    ['[device]\nport = ""', 'device.port', '""'],
    ['[device]\nport = "http://meter:80"', 'device.port', '"http://meter:80"'],
    ['[device]\nport = "tcp://meter"', 'device.port', '"tcp://meter"'],
    ['[device.metadata]\nday = 2025-01-01', 'device.metadata.day', '2025-01-01'],
    ['[device.metadata]\nlevel = inf', 'device.metadata.level', 'Infinity'],
    ['device = 1', 'device', '1'],
    ['device = "x"\n[acquisition]', 'device', '"x"'],
    ['[acquisition]\nsource = "bench/1"', 'acquisition.source', '"bench/1"'],
    ['[acquisition]\nsource = ".."', 'acquisition.source', '".."'],
    ['[acquisition]\nsource = ""', 'acquisition.source', '""'],
    ['[acquisition]\nendpoint = "127.0.0.1:5701"', 'acquisition.endpoint', '"127.0.0.1:5701"'],
    ['[acquisition]\nendpoint = "tcp://a:0"', 'acquisition.endpoint', '"tcp://a:0"'],
    ['[acquisition]\nendpoint = "tcp://a:65536"', 'acquisition.endpoint', '"tcp://a:65536"'],
    ['[acquisition]\nconsumers = []', 'acquisition.consumers', '[]'],
    ['[acquisition]\nconsumers = ["a", "a"]', 'acquisition.consumers', '["a","a"]'],
    ['[acquisition]\nconsumers = ["a b"]', 'acquisition.consumers[0]', '"a b"'],
    ['[acquisition]\nspool_max_bytes = 0', 'acquisition.spool_max_bytes', '0'],
    ['[acquisition]\nspool_sync_ms = 1.5', 'acquisition.spool_sync_ms', '1.5'],
    ['[writer]\nsources = []', 'writer.sources', '[]'],
    ['[writer]\nsources = "tcp://a:1"', 'writer.sources', '"tcp://a:1"'],
    ['[writer]\nsources = ["tcp://a:1", "a"]', 'writer.sources[1]', '"a"'],
    ['[storage]\nenable_session_buffering = "yes"', 'storage.enable_session_buffering', '"yes"'],
    ['[storage]\narchive_days = -1', 'storage.archive_days', '-1'],
    ['[storage]\ndatabase_path = " "', 'storage.database_path', '" "'],
    ['[monitoring]\nwriter_port = 65536', 'monitoring.writer_port', '65536'],
    ['[log]\nlevel = "loud"', 'log.level', '"loud"'],
    ['[dashboard]\nport = -1', 'dashboard.port', '-1'],
    ['[dashboard]\nhost = "a b"', 'dashboard.host', '"a b"'],
    ['[dashboard]\nhost = "http://127.0.0.1"', 'dashboard.host', '"http://127.0.0.1"'],
    ['[dashboard]\ntoken = "fifteen-letters"', 'dashboard.token', '"fifteen-letters"'],
    [
      '[dashboard]\ntoken = "with blanks in between"',
      'dashboard.token',
      '"with blanks in between"',
    ],
    ['[dashboard]\nhost = "0.0.0.0"\ntoken = "short"', 'dashboard.token', '"short"'],
    ['[dashboard]\nallowed_hosts = ["a/b"]', 'dashboard.allowed_hosts[0]', '"a/b"'],
    ['[dashboard]\nallowed_hosts = ["lab:0"]', 'dashboard.allowed_hosts[0]', '"lab:0"'],
    ['[dashboard]\nbenches = ["a.toml", "a.toml"]', 'dashboard.benches', '["a.toml","a.toml"]'],
  ])('%j is named with its key and with what was found', (toml, key, found) => {
    const [problem, ...others] = problems(toml);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ file: appPath, key, found });
    expect(problem?.allowed).not.toMatch(/^(?:Invalid|Too|)$/);
  });

  it.each([
    '[device]\nport = "auto"',
    '[device]\nport = "COM3"',
    '[device]\nport = "/dev/ttyUSB0"',
    '[device]\nport = "tcp://192.168.1.20:4001"',
    '[acquisition]\nendpoint = "ipc:///tmp/bench"',
    '[acquisition]\nendpoint = "tcp://*:5701"',
    '[acquisition]\nendpoint = "tcp://[::1]:5701"',
    '[monitoring]\nacquisition_port = 0\nwriter_port = 0',
    '[device.metadata]\noperator = "A"\nroom = 114',
    '[dashboard]\nhost = "localhost"',
    '[dashboard]\nhost = "::1"',
    '[dashboard]\nhost = "127.1.2.3"',
    '[dashboard]\nhost = "0.0.0.0"\ntoken = "0123456789abcdef"',
    '[dashboard]\nport = 0\nhost = "0.0.0.0"',
    '[dashboard]\nallowed_hosts = ["localhost:9000", "127.0.0.1:9000", "[::1]:9000", "localhost"]',
    '[dashboard]\nport = 0\nallowed_hosts = ["lab-3.example.org"]',
    '[dashboard]\ntoken = "0123456789abcdef"\nallowed_hosts = ["lab-3.example.org", "lab-3:9000", "[fe80::1]:8050", "10.0.0.7"]',
  ])('%j is allowed', (toml) => {
    expect(() => load(toml)).not.toThrow();
  });

  it('does not hide the others: all are reported at once, of both files', () => {
    const found = problems(
      '[device]\nprofile = "cx55"\nprot = 1\n[storage]\narchive_days = -1\n' +
        'database_path = "a"\ndemo_database_path = "./a"\nfallback_profiles = ["other"]\n',
      '[profiles.cx505]\n[profiles.other]\nbaud = -1',
    );
    expect(found.map(({ key }) => key).sort()).toEqual([
      'device.profile',
      'device.prot',
      'storage.archive_days',
      'storage.demo_database_path',
      'storage.fallback_profiles',
    ]);
    const { message, problems: twoFiles } = failure(
      '[log]\nlevel = 1\n',
      '[profiles.cx505]\nbaud = -1\nparity = "x"',
    );
    expect(twoFiles).toHaveLength(3);
    for (const { key } of twoFiles) expect(message).toContain(key);
  });

  it('is not blamed twice', () => {
    expect(problems('[device]\nprofile = 1', '[profiles.other]')).toHaveLength(1);
    expect(
      problems('[acquisition]\nendpoint = 1\nlive_endpoint = "tcp://127.0.0.1:5701"').map(
        (p) => p.key,
      ),
    ).toEqual(['acquisition.endpoint']);
  });
});

describe('an unknown key', () => {
  it.each([
    ['[acquisition]\nspool_max_byte = 1', 'acquisition.spool_max_byte', 'spool_max_bytes'],
    ['[log]\nlevle = "info"', 'log.levle', 'level'],
    ['[strage]\narchive_days = 1', 'strage', 'storage'],
    ['[storage]\nspool_dir = "x"', 'storage.spool_dir', '[acquisition]'],
    ['port = "auto"', 'port', '[device]'],
    ['[log]\ncolour = true', 'log.colour', 'level'],
    ['[log]\n"a.b" = true', 'log."a.b"', 'level'],
    ['[log]\nconstructor = true', 'log.constructor', 'level'],
    ['[log]\n__proto__ = true', 'log.__proto__', 'level'],
  ])('in %j is answered with the one that was meant', (toml, key, meant) => {
    const [problem, ...others] = problems(toml);
    expect(others).toEqual([]);
    expect(problem?.key).toBe(key);
    expect(problem?.allowed).toContain(meant);
  });
});

describe('keys that depend on each other', () => {
  it.each([
    ['[acquisition]\nlive_endpoint = "tcp://127.0.0.1:5701"', 'acquisition.live_endpoint'],
    [
      '[storage]\ndemo_database_path = "data/../data/elmetron.sqlite"',
      'storage.demo_database_path',
    ],
    ['[acquisition]\nspool_dir = "./captures"', 'acquisition.spool_dir'],
    ['[monitoring]\nwriter_port = 8051', 'monitoring.writer_port'],
    ['[dashboard]\nport = 8051', 'dashboard.port'],
    ['[dashboard]\nport = 8052', 'dashboard.port'],
    ['[dashboard]\nhost = "0.0.0.0"', 'dashboard.token'],
    ['[dashboard]\nhost = "::"', 'dashboard.token'],
    ['[dashboard]\nhost = "192.168.1.5"', 'dashboard.token'],
    ['[dashboard]\nhost = "lab-3"', 'dashboard.token'],
    ['[dashboard]\nallowed_hosts = ["localhost", "lab-3.example.org"]', 'dashboard.token'],
    ['[dashboard]\nallowed_hosts = ["10.0.0.7:8050"]', 'dashboard.token'],
    ['[device]\nprofile = "cx506"', 'device.profile'],
    ['[device]\nprofile = "toString"', 'device.profile'],
    ['[device]\nfallback_profiles = ["cx505", "cx605"]', 'device.fallback_profiles[1]'],
  ])('%j', (toml, key) => {
    const [problem, ...others] = problems(toml);
    expect(others).toEqual([]);
    expect(problem?.key).toBe(key);
  });
});

it('a page for everybody is refused with what it would open', () => {
  const [problem] = problems('[dashboard]\nhost = "0.0.0.0"');
  for (const word of ['16', 'readings', 'logs', 'notes', 'encrypted'])
    expect(problem?.allowed).toContain(word);
});

describe("the predecessor's protocols.toml", () => {
  it('is understood in the ways in which people write it', () => {
    const { profiles, ignored } = load(
      '[device]\nprofile = "old"',
      `title = "protocols"
[defaults]
x = 1
[profiles.old]
transport = "ftdi"
poll_hex = "0x01 23 30 23 30 23 30 23 0X03"
poll_interval_s = 1
baud = "9600"
data_bits = "7"
stop_bits = "1.5"
parity = "E"
read_timeout_ms = 250.0
latency_timer = 2
[profiles.other]
poll_hex = "01 AB"
stop_bits = 1
parity = "None"
[profiles.third]
parity = "ODD"
stop_bits = 2.0
`,
    );
    expect(profiles['old']).toEqual({
      transport: 'ftdi',
      poll_hex: '012330233023302303',
      poll_interval_s: 1,
      baud: 9600,
      data_bits: 7,
      stop_bits: 1.5,
      parity: 'even',
      read_timeout_ms: 250,
    });
    expect(profiles['other']).toMatchObject({ poll_hex: '01ab', stop_bits: 1, parity: 'none' });
    expect(profiles['third']).toMatchObject({ stop_bits: 2, parity: 'odd' });
    expect(ignored).toHaveLength(3);
    for (const key of ['title', 'defaults', 'profiles.old.latency_timer'])
      expect(ignored.join('\n')).toContain(key);
  });

  it.each([
    ['poll_hex = "013"', 'poll_hex'],
    ['poll_hex = ""', 'poll_hex'],
    ['poll_interval_s = 0', 'poll_interval_s'],
    ['baud = 9600.5', 'baud'],
    ['data_bits = 9', 'data_bits'],
    ['stop_bits = 3', 'stop_bits'],
    ['parity = "even-ish"', 'parity'],
    ['parity = true', 'parity'],
    ['read_timeout_ms = -1', 'read_timeout_ms'],
  ])('with %j in the profile that is used is refused', (line, key) => {
    const [problem, ...others] = problems('', `${CX505}${line}`);
    expect(others).toEqual([]);
    expect(problem?.key).toBe(`profiles.cx505.${key}`);
    expect(problem?.file).toBe(join(dir, 'protocols.toml'));
  });

  it('may have a useless profile as long as nothing asks for it', () => {
    const { profiles, ignored } = load('', `${CX505}[profiles.broken]\nbaud = -1`);
    expect(Object.keys(profiles)).toEqual(['cx505']);
    expect(ignored.join()).toContain('profiles.broken.baud');
    const asked = problems(
      '[device]\nfallback_profiles = ["broken"]',
      `${CX505}[profiles.broken]\nbaud = -1`,
    );
    expect(asked.map(({ key }) => key)).toEqual(['profiles.broken.baud']);
  });

  it.each(['', 'profiles = 1', '[profiles]'])(
    'without profiles (%j) leaves none to choose',
    (toml) => {
      expect(problems('', toml).map(({ key }) => key)).toEqual(['device.profile']);
    },
  );
});
