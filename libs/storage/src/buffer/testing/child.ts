/**
 * Runs a piece of our own code in a process of its own, so that a test can kill it: what a lock or
 * a file does when its process dies shows in no other way. The sources are compiled as they load.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';

/** Compiled here, once: loading the compiler in every child would take longer than the tests do. */
const compiled = new Map<string, string>();

function compile(url: URL): void {
  if (compiled.has(url.href)) return;
  const { outputText } = ts.transpileModule(readFileSync(url, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  compiled.set(url.href, outputText);
  for (const [, name] of outputText.matchAll(/ from '([^']+)'/g)) {
    if (name?.startsWith('.')) compile(new URL(name.replace(/\.js$/, '.ts'), url));
    else if (name?.startsWith('@elmetron/')) compile(packageEntry(name));
  }
}

/** `@elmetron/protocol` is its index.ts, `@elmetron/protocol/offline` its offline.ts. */
function packageEntry(name: string): URL {
  const [, library = '', entry = 'index'] = name.split('/');
  return new URL(`../../../../${library}/src/${entry}.ts`, import.meta.url);
}

/** Resolves and loads our sources from what the parent compiled (a JSON file). */
const loader = (sources: string): string => `
import { readFileSync } from 'node:fs';
const sources = new Map(JSON.parse(readFileSync(${JSON.stringify(sources)}, 'utf8')));
export const resolve = (name, context, next) =>
  next(name.startsWith('.') && sources.has(context.parentURL) ? name.replace(/\\.js$/, '.ts') : name, context);
export const load = (url, context, next) =>
  sources.has(url) ? { format: 'module', source: sources.get(url), shortCircuit: true } : next(url, context);
`;

const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

export class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #scratch: string;

  /**
   * @param code an ES module; `say(text)` prints a line, `heard()` resolves at the next line in
   * @param modules names in `code` and the URLs (of our sources) that they are imported from, whole
   */
  constructor(code: string, modules: Readonly<Record<string, URL>>, flags: readonly string[] = []) {
    const imports = Object.entries(modules)
      .map(([name, url]) => `import * as ${name} from ${JSON.stringify(url.href)};`)
      .join('\n');
    const text = `${imports}
import { createInterface } from 'node:readline';
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (text) => process.stdout.write(text + '\\n');
const heard = () => input.next();
${code}`;
    for (const url of Object.values(modules)) compile(url);
    this.#scratch = mkdtempSync(join(tmpdir(), 'child-'));
    const sources = join(this.#scratch, 'sources.json');
    writeFileSync(sources, JSON.stringify([...compiled]));
    const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(loader(sources)))});`;
    const options = ['-C', '@elmetron/source', '--import', dataUrl(register), ...flags];
    this.#process = spawn(process.execPath, [...options, '--input-type=module', '-e', text]);
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The next line that it printed; undefined when it has ended. */
  async said(): Promise<string | undefined> {
    const next: IteratorResult<string, unknown> = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  tell(text: string): void {
    this.#process.stdin.write(`${text}\n`);
  }

  async kill(): Promise<void> {
    rmSync(this.#scratch, { recursive: true, force: true });
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
