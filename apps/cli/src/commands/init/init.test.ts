import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '@elmetron/runtime';
import { elmetron, type Circumstances } from '../../testing/run-program.js';
import { fillIn } from './fill-in.js';

let dir: string;
let config: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-init-test-'));
  config = join(dir, 'config/app.toml');
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const init = (args: readonly string[], circumstances: Circumstances = {}, path = config) =>
  elmetron(['init', '-c', path, ...args], circumstances);
const shipped = (name: string) =>
  readFileSync(new URL(`../../../../../config/${name}`, import.meta.url), 'utf8');

describe('init', () => {
  it('--yes writes the configuration that lies in config/, to the byte', async () => {
    expect((await init(['--yes'])).code).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe(shipped('app.toml'));
    expect(readFileSync(join(dir, 'config/protocols.toml'), 'utf8')).toBe(
      shipped('protocols.toml'),
    );
    expect(readdirSync(join(dir, 'config'))).toHaveLength(2);
  });

  it('asks, and asks again what is not allowed', async () => {
    const answers = [
      'tcp://nowhere',
      '/dev/ttyUSB0',
      'bench one',
      'lab-3',
      'D:\\lab\\',
      'long',
      '7',
      'A. "K"',
    ];
    const ran = await init([], { terminal: true, input: `${answers.join('\n')}\n` });
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err.match(/acquisition\.source/g)).toHaveLength(1);
    expect(loadConfig(config).app).toMatchObject({
      device: { port: '/dev/ttyUSB0', metadata: { operator: 'A. "K"' } },
      acquisition: { source: 'lab-3', spool_dir: 'D:\\lab/spool' },
      storage: { database_path: 'D:\\lab/elmetron.sqlite', archive_days: 7 },
    });
  });

  it('Enter alone takes what is proposed', async () => {
    await init([], { terminal: true, input: '\n\n\n\n\n' });
    expect(readFileSync(config, 'utf8')).toBe(shipped('app.toml'));
  });

  it('writes nothing when the answers end, or nobody can be asked', async () => {
    expect((await init([], { terminal: true, input: 'auto\n' })).code).toBe(1);
    const ran = await init([], { input: 'auto\n' });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('--yes');
    expect((await init(['--yes', '--port', 'tcp://nowhere'])).code).toBe(2);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('a second one gets a name and ports of its own', async () => {
    await init(['--yes']);
    const second = join(dir, 'config/bench-2.toml');
    expect((await init(['--yes'], {}, second)).code).toBe(0);
    expect(loadConfig(second).app).toMatchObject({
      acquisition: {
        source: 'bench-2',
        endpoint: 'tcp://127.0.0.1:5711',
        live_endpoint: 'tcp://127.0.0.1:5712',
      },
      writer: { sources: ['tcp://127.0.0.1:5711'] },
      monitoring: { acquisition_port: 8061, writer_port: 8062 },
      dashboard: { port: 8060 },
    });
  });

  it('overwrites only with --force, and protocols.toml never', async () => {
    await init(['--yes']);
    writeFileSync(config, '# mine\n');
    const protocols = join(dir, 'config/protocols.toml');
    writeFileSync(protocols, `${shipped('protocols.toml')}# mine\n`);
    const refused = await init(['--yes']);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('--force');
    expect(readFileSync(config, 'utf8')).toBe('# mine\n');
    expect((await init(['--yes', '--force'])).code).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe(shipped('app.toml'));
    expect(readFileSync(protocols, 'utf8')).toContain('# mine');
  });
});

it('a key that the template does not have is an error, not left out', () => {
  expect(() => fillIn('[a]\nb = 1\n', { a: { c: 2 } })).toThrow('a.c');
  expect(fillIn('[a]\nb = 1\n[c]\nb = 1', { c: { b: 'x' } })).toBe('[a]\nb = 1\n[c]\nb = "x"');
});
