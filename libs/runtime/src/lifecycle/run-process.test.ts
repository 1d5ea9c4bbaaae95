/** The life of real processes: each test's `main` runs in a child of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));
const DEPENDENCIES = ['pino', 'pino-pretty', 'smol-toml', 'zod'];

/** Compiles this library into `dir`, once for all children, so that no build is needed. */
function compile(dir: string): void {
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    verbatimModuleSyntax: true,
  };
  const emit = (from: string, to: string) => {
    const { outputText } = ts.transpileModule(readFileSync(from, 'utf8'), { compilerOptions });
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, outputText);
  };
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.ts') && !file.endsWith('.test.ts'))
      emit(join(SOURCES, file), join(dir, file.replace(/ts$/, 'js')));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  // Of the protocol only the clock is needed; its sockets would take each child's start long.
  const protocol = join(dir, 'node_modules/@elmetron/protocol');
  emit(join(SOURCES, '../../protocol/src/ports.ts'), join(protocol, 'offline.js'));
  writeFileSync(
    join(protocol, 'package.json'),
    '{"type":"module","exports":{"./offline":"./offline.js"}}',
  );
  for (const name of DEPENDENCIES) {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = join('node_modules', name);
    symlinkSync(
      entry.slice(0, entry.lastIndexOf(folder) + folder.length),
      join(dir, folder),
      'junction',
    );
  }
}

let dir: string;
let config: string;
const children = new Set<ChildProcess>();

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'process-'));
  compile(dir);
  config = join(dir, 'app.toml');
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});
afterAll(() => rmSync(dir, { recursive: true }));

interface Running {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly lines: () => { level: number; msg: string; [field: string]: unknown }[];
  readonly ended: Promise<number | null>;
}

/** `main` is the body of \`async (context) => {…}\`. */
function run(
  main: string,
  { args = ['--config', config], definition = '', app = '' } = {},
): Running {
  writeFileSync(config, app);
  writeFileSync(join(dir, 'protocols.toml'), '[profiles.cx505]\n');
  const script = join(dir, `main-${children.size}.mjs`);
  writeFileSync(
    script,
    `import { runProcess, RuntimeError } from './index.js';
const alive = () => setInterval(() => {}, 1000);
runProcess({ name: 'child', summary: 'A test.', ${definition} main: async (context) => {
${main}
} });`,
  );
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  return {
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    lines: () =>
      text.stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as { level: number; msg: string }),
    ended: new Promise((resolve) => child.on('close', (code) => resolve(code))),
  };
}

async function said(running: Running, text: string): Promise<void> {
  await expect.poll(() => running.stdout(), { timeout: 10_000 }).toContain(text);
}

const FATAL = 60;

describe('a process', { timeout: 20_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'told by %s closes its parts and ends with 0',
    async (signal) => {
      const running = run(`
      alive();
      context.onStop('first', () => context.log.info({}, 'closed first'));
      context.onStop('second', () => context.log.info({}, 'closed second'));
      context.log.info({ level_of_config: context.config.app.log.level }, 'runs');`);
      await said(running, 'runs');
      running.child.kill(signal);
      expect(await running.ended).toBe(0);
      expect(
        running
          .lines()
          .map(({ msg }) => msg)
          .slice(-2),
      ).toEqual(['closed second', 'closed first']);
      expect(running.stderr()).toBe('');
    },
  );

  it('told twice stops once, and is not hurried', async () => {
    const running = run(`
      alive();
      context.onStop('slow', () => new Promise((resolve) => {
        context.log.info({}, 'closing');
        process.on('SIGUSR2', () => { context.log.info({}, 'closed'); resolve(); });
      }));
      context.log.info({}, 'runs');`);
    await said(running, 'runs');
    running.child.kill('SIGTERM');
    await said(running, 'closing');
    running.child.kill('SIGTERM');
    running.child.kill('SIGINT');
    await said(running, 'Is stopping already');
    running.child.kill('SIGUSR2');
    expect(await running.ended).toBe(0);
    expect(running.stdout()).toContain('"closed"');
  });

  it('that cannot stop in time says what it waited for and ends with 1', async () => {
    const running = run(
      `alive();
      context.onStop('the slow part', () => new Promise(() => {}));
      context.stop(0);`,
      { definition: 'stopWithinMs: 50,' },
    );
    expect(await running.ended).toBe(1);
    expect(running.lines().at(-1)).toMatchObject({ level: 50, part: 'the slow part' });
  });

  it('ends with the code that it is given, all parts closed and all that it said written', async () => {
    // Whoever touches process.stdout makes a pipe refuse what it has no room for.
    const running = run(`
      alive();
      context.onStop('part', () => {
        process.stdout.cork;
        for (let i = 0; i < 3000; i++) context.log.info({ i }, 'x'.repeat(100));
      });
      context.stop(0);
      context.stop(1);
      context.print('the result\\n');`);
    expect(await running.ended).toBe(1);
    expect(running.lines().filter(({ i }) => typeof i === 'number')).toHaveLength(3000);
    expect(running.stdout()).toContain('the result\n');
  });

  it('that throws an expected error gives its message without a stack, and ends with 2', async () => {
    const running = run(`
      context.onStop('part', () => context.log.info({}, 'closed'));
      throw new RuntimeError('usage', 'The port is not there. Plug it in.');`);
    expect(await running.ended).toBe(2);
    expect(running.stderr()).toBe('child: The port is not there. Plug it in.\n');
    expect(running.lines()).toMatchObject([{ level: FATAL, code: 'usage' }, { msg: 'closed' }]);
    expect(running.stdout()).not.toContain('.mjs');
  });

  it.each([
    ['thrown by main', `throw new Error('the bug');`],
    ['thrown later', `alive(); setTimeout(() => { throw new Error('the bug'); });`],
    ['in a promise that nobody awaits', `alive(); void Promise.reject(new Error('the bug'));`],
    [
      'expected, but where nobody expects it',
      `alive(); void Promise.reject(new RuntimeError('usage', 'the bug'));`,
    ],
  ])('with an error %s logs its stack and ends with 1', async (_where, main) => {
    const running = run(main);
    expect(await running.ended).toBe(1);
    const [line, ...others] = running.lines();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ level: FATAL, err: { message: 'the bug' } });
    expect((line?.['err'] as { stack: string }).stack).toContain('.mjs');
  });

  it('with nothing left to wait for does not end as if all were well', async () => {
    const running = run('await new Promise(() => {});');
    expect(await running.ended).toBe(1);
    expect(running.lines()).toMatchObject([{ level: FATAL }]);
  });

  it('told to stop while it starts is let start, and closed', async () => {
    const running = run(`
      context.log.info({}, 'starts');
      const timer = alive();
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      context.onStop('part', () => context.log.info({}, 'closed'));
      context.signal.throwIfAborted();`);
    await said(running, 'starts');
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(running.lines().at(-1)?.msg).toBe('closed');
  });

  it('reads its configuration again at SIGHUP, and keeps the old one when the new one is bad', async () => {
    const running = run(
      `alive();
      context.onHangup((config) => context.log.info({ source: config.app.acquisition.source }, 'reloaded'));
      context.log.info({}, 'runs');`,
    );
    await said(running, 'runs');
    writeFileSync(config, '[acquisition]\nsource = "a/b"');
    running.child.kill('SIGHUP');
    await said(running, 'acquisition.source');
    expect(running.stdout()).not.toContain('reloaded');
    writeFileSync(config, '[acquisition]\nsource = "bench-7"');
    running.child.kill('SIGHUP');
    await said(running, 'reloaded');
    expect(running.lines().at(-1)).toMatchObject({ source: 'bench-7' });
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  });

  it('that has nothing to reload stops at SIGHUP: its terminal has gone', async () => {
    const running = run(`alive(); context.log.info({}, 'runs');`);
    await said(running, 'runs');
    running.child.kill('SIGHUP');
    expect(await running.ended).toBe(0);
  });

  it('whose log nobody reads any more goes on', async () => {
    const running = run(`
      alive();
      process.on('SIGUSR2', () => { context.log.info({}, 'still here'); process.exitCode = 0; context.stop(0); });
      context.log.info({}, 'runs');`);
    await said(running, 'runs');
    running.child.stdout?.destroy();
    running.child.kill('SIGUSR2');
    expect(await running.ended).toBe(0);
  });

  it('started with what it does not know shows its usage and ends with 2', async () => {
    const running = run('', { args: ['--unknown'] });
    expect(await running.ended).toBe(2);
    expect(running.stderr()).toContain('Usage: child');
    expect(running.stdout()).toBe('');
  });

  it('started with --help shows its usage and ends with 0', async () => {
    const running = run('', { args: ['--help'] });
    expect(await running.ended).toBe(0);
    expect(running.stdout()).toContain('Usage: child');
  });

  it('with a bad configuration names all of it without a stack, and ends with 2', async () => {
    const running = run('', { app: '[log]\nlevel = "loud"\n[writer]\nsources = []' });
    expect(await running.ended).toBe(2);
    expect(running.stderr()).toContain('log.level');
    expect(running.stderr()).toContain('writer.sources');
    expect(running.stderr()).not.toContain('    at ');
    expect(running.lines()).toMatchObject([{ level: FATAL, code: 'config_invalid' }]);
  });

  it('whose stdout is its result keeps the log out of it', async () => {
    const running = run(
      `context.log.info({}, 'a log line');
      context.print(JSON.stringify({ dry: context.options['dry-run'] }) + '\\n');
      context.stop(0);`,
      {
        args: ['--config', config, '--dry-run'],
        definition: `logTo: 'stderr', options: { 'dry-run': { type: 'flag', help: 'x' } },`,
      },
    );
    expect(await running.ended).toBe(0);
    expect(running.stdout()).toBe('{"dry":true}\n');
    expect(running.stderr()).toContain('a log line');
  });
});
