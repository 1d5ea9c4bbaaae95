/** The built process, as others start it: its lines, its commands, its ends. */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './testing/eventually.js';
import { readAccount } from './testing/meter-on-a-pty.js';
import { SerialHost } from './testing/serial-host.js';
import { temporaryFolders } from './testing/temporary-folder.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const built = existsSync(main);
if (!built) console.info('skipped: the meter is not built');

const folder = temporaryFolders();

function run(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args]);
  const output = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (output.out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output.err += text.toString()));
  let code: number | string | null = null;
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (status, signal) => resolve((code = status ?? signal)));
  });
  onTestFinished(async () => {
    if (code === null) child.kill('SIGKILL');
    await ended;
  });
  return {
    output,
    ended,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    tell: (line: string) => child.stdin.write(`${line}\n`),
    says: (text: string) => eventually(`it to say ${text}`, () => output.out.includes(text)),
  };
}

describe.skipIf(!built)('the meter as a process', () => {
  it('is ready, takes commands, and ends in order', async () => {
    const own = folder();
    const path = join(own, 'data', 'meter');
    const account = join(own, 'account.jsonl');
    const meter = run('--path', path, '--tcp', '127.0.0.1:0', '--account', account);
    await meter.says('"ready"');
    expect(JSON.parse(meter.output.out)).toMatchObject({ event: 'ready', path });
    const host = await SerialHost.open(path);
    await host.exchange(2);
    meter.tell('{"command":"serial","serial":"EMU00777"}');
    await meter.says('"command":"serial"');
    meter.tell('{"command":"explode"}');
    await meter.says('"refused"');
    await host.exchange();
    expect(host.frames.map((frame) => frame.includes('EMU00777'))).toEqual([false, false, true]);
    await host.close();

    meter.kill('SIGTERM');
    expect(await meter.ended).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect(readAccount(account).map(({ end }) => end)).toEqual(['sent', 'sent', 'sent']);
    expect(meter.output.err).toBe('');
  });

  it('ends by a command too', async () => {
    const meter = run('--tcp', '127.0.0.1:0');
    await meter.says('"path":null');
    meter.tell('{"command":"stop"}');
    expect(await meter.ended).toBe(0);
  });

  it('comes back after it was killed', async () => {
    const path = join(folder(), 'meter');
    const killed = run('--path', path);
    await killed.says('"ready"');
    killed.kill('SIGKILL');
    await killed.ended;
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    const meter = run('--path', path);
    await meter.says('"ready"');
    const host = await SerialHost.open(path);
    await host.exchange();
    await host.close();
  });

  it.each([
    ['--noise', '2'],
    ['--tcp', '127.0.0.1:0', '--playback', '/nowhere/at/all'],
  ])('refuses %s %s with one clear line', async (...args) => {
    const meter = run(...args);
    expect(await meter.ended).toBe(2);
    expect(meter.output.err).toMatch(/^[^\n]+\n$/);
  });

  it('refuses a path that is a file', async () => {
    const path = join(folder(), 'meter');
    writeFileSync(path, '');
    const meter = run('--path', path);
    expect(await meter.ended).toBe(2);
    expect(meter.output.err).toContain(path);
  });

  it('helps', async () => {
    const meter = run('--help');
    expect(await meter.ended).toBe(0);
    expect(meter.output.out).toContain('Examples:');
  });
});
