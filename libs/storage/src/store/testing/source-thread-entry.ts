/** Makes, in a test's directory, an entry file by which the file of a thread runs without a build. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import typescript from 'typescript';

const PACKAGES = ['protocol', 'storage'];

let transpiled: Record<string, string> | undefined;

/** @param thread the source file that is the thread */
export function sourceThreadEntry(
  directory: string,
  thread = new URL('../store-thread.ts', import.meta.url),
): URL {
  // In the test's process, once: a thread that loads a compiler of its own takes a second to start.
  transpiled ??= transpilePackages();
  const hooks = join(directory, 'source-hooks.mjs');
  const sources = join(directory, 'sources.json');
  const entry = join(directory, 'thread-of-sources.mjs');
  writeFileSync(hooks, withoutTypes(new URL('./source-hooks.ts', import.meta.url)));
  writeFileSync(sources, JSON.stringify(transpiled));
  writeFileSync(
    entry,
    `import { readFileSync } from 'node:fs';
import { register } from 'node:module';
const data = JSON.parse(readFileSync(${JSON.stringify(sources)}, 'utf8'));
register(${JSON.stringify(pathToFileURL(hooks).href)}, { data });
await import(${JSON.stringify(thread.href)});
`,
  );
  return pathToFileURL(entry);
}

function transpilePackages(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of PACKAGES) {
    const root = fileURLToPath(new URL(`../../../../${name}/src/`, import.meta.url));
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const url = pathToFileURL(join(root, file));
      all[url.href] = withoutTypes(url);
    }
  }
  return all;
}

/** Takes the types away; checks nothing. */
function withoutTypes(source: URL): string {
  return typescript.transpileModule(readFileSync(source, 'utf8'), {
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}
