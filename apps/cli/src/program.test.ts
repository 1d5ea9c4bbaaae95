import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { elmetron } from './testing/run-program.js';
import { MadeBench } from './testing/made-bench.js';

let bench: MadeBench;
beforeEach(() => {
  bench = new MadeBench();
});
afterEach(() => {
  bench.remove();
});

describe('exit codes', () => {
  it('0: help and version, on standard output', async () => {
    const help = await elmetron(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('Exit codes:');
    expect((await elmetron(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('0: the help of every command, with examples', async () => {
    const { out } = await elmetron(['--help']);
    const names = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name ?? '');
    expect(names).toContain('status');
    for (const name of names.filter((word) => word !== 'elmetron' && word !== 'help')) {
      const help = await elmetron([name, '--help']);
      expect(help.code, name).toBe(0);
      expect(help.out, name).toContain('Examples:');
      expect(help.out, name).toContain('--json');
    }
  });

  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['status', '--wach'], "unknown option '--wach'"],
    [['sessions', '--since', 'soon'], '--since soon'],
    [['sessions', '--limit', '-3'], '--limit -3'],
    [['status', '--watch', 'often'], '--watch often'],
    [['probe', ''], 'name of the port is empty'],
  ])('2: %j', async (args, said) => {
    const at = args[0] === 'frobnicate' ? args : [...args, '-c', bench.config];
    const ran = await elmetron(at);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(said);
    expect(ran.out).toBe('');
  });

  it('2: a configuration that is not there, or wrong, with all that is wrong', async () => {
    expect((await elmetron(['status', '-c', bench.path('none.toml')])).code).toBe(2);
    bench.write('app.toml', '[storage]\narchive_days = -1\nfoo = 2\n');
    const ran = await elmetron(['status', '-c', bench.config]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('storage.archive_days');
    expect(ran.err).toContain('storage.foo');
  });

  it('3: nothing recorded yet, no such session', async () => {
    expect((await elmetron(['sessions', '-c', bench.config])).code).toBe(3);
    await bench.record({ readings: [] });
    const ran = await elmetron(['sessions', 'show', 'abc', '-c', bench.config]);
    expect(ran.code).toBe(3);
    expect(ran.err).toContain('elmetron sessions');
  });
});

describe('for programs and for people', () => {
  it('an error is one line of JSON with --json', async () => {
    const ran = await elmetron(['sessions', '--json', '-c', bench.config]);
    expect(JSON.parse(ran.err)).toMatchObject({ error: { code: 'not_there' } });
  });

  it('what a meter or a person wrote is shown, and never obeyed by the terminal', async () => {
    await bench.record({ readings: [], metadata: { sample: '\u001b]0;owned\u0007\u009b2J' } });
    const show = ['sessions', 'show', 'latest', '-c', bench.config];
    for (const terminal of [true, false]) {
      const { out } = await elmetron(show, { terminal });
      expect(out).toContain('\\u001b]0;owned\\u0007\\u009b2J');
    }
    const { out, values } = await elmetron([...show, '--json']);
    expect(out).not.toContain('\u009b');
    expect(values).toMatchObject([{ metadata: { sample: '\u001b]0;owned\u0007\u009b2J' } }]);
    const { err } = await elmetron(['sessions', 'show', '\u001b[2J', '-c', bench.config]);
    expect(err).toContain('\\u001b[2J');
  });

  it('colours on a terminal only, and not where NO_COLOR is set', async () => {
    const coloured = async (
      ...[circumstances]: Parameters<typeof elmetron> extends [unknown, ...infer R] ? R : never
    ) => (await elmetron(['status', '-c', bench.config], circumstances)).out.includes('\u001b[');
    expect(await coloured({ terminal: true })).toBe(true);
    expect(await coloured({ terminal: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await coloured({ terminal: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(await coloured({})).toBe(false);
  });
});
