/**
 * Proves that the linter refuses every import between projects that the design does not list, and lets the
 * listed ones through: a boundary rule that allows everything looks exactly like one that works.
 */
import { fileURLToPath } from 'node:url';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RULES = new Set(['@nx/enforce-module-boundaries', 'no-restricted-imports']);

/** Every project, a file of it to lint in the place of, and all that it may import of ours. */
const projects = {
  protocol: { dir: 'libs/protocol', file: 'src/index.ts', may: [] },
  storage: { dir: 'libs/storage', file: 'src/index.ts', may: ['protocol'] },
  runtime: { dir: 'libs/runtime', file: 'src/index.ts', may: ['protocol'] },
  link: { dir: 'libs/link', file: 'src/index.ts', may: ['protocol'] },
  report: {
    dir: 'libs/report',
    file: 'src/index.ts',
    may: ['protocol', 'storage', 'runtime'],
  },
  acquisition: {
    dir: 'apps/acquisition',
    file: 'src/main.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report'],
  },
  writer: {
    dir: 'apps/writer',
    file: 'src/main.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report'],
  },
  recovery: {
    dir: 'apps/recovery',
    file: 'src/main.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report'],
  },
  cli: {
    dir: 'apps/cli',
    file: 'src/main.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report'],
  },
  dashboard: {
    dir: 'apps/dashboard',
    file: 'src/main.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report'],
  },
  meter: {
    dir: 'tools/meter',
    file: 'src/index.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report', 'rig', 'mutants'],
  },
  rig: {
    dir: 'tools/rig',
    file: 'src/index.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report', 'mutants', 'meter'],
  },
  mutants: {
    dir: 'tools/mutants',
    file: 'src/index.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report', 'rig', 'meter'],
  },
  'crash-states': {
    dir: 'tools/crash-states',
    file: 'src/index.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report', 'rig', 'mutants', 'meter'],
  },
  start: {
    dir: 'tools/start',
    file: 'src/boundaries.test.ts',
    may: ['protocol', 'storage', 'runtime', 'link', 'report', 'rig', 'mutants', 'meter'],
  },
} as const;

type Project = keyof typeof projects;
const names = Object.keys(projects) as Project[];

// These rules look at names and paths only; without types the many runs are quick.
const eslint = new ESLint({
  cwd: ROOT,
  ruleFilter: ({ ruleId }) => RULES.has(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

/** Lints `imports`, one a line, as if they stood in `project`; returns the indexes of those refused. */
async function refused(project: Project, imports: readonly string[]): Promise<number[]> {
  const { dir, file } = projects[project];
  const text = imports.map((from) => `import '${from}';\n`).join('');
  const [result] = await eslint.lintText(text, { filePath: `${ROOT}${dir}/${file}` });
  expect(result?.fatalErrorCount).toBe(0);
  return [...new Set(result?.messages.map((message) => message.line - 1))];
}

// The rule reads the project graph that Nx has cached and, where there is none, skips itself.
beforeAll(async () => {
  await createProjectGraphAsync();
}, 30_000);

describe.each(names)('%s', { timeout: 20_000 }, (source) => {
  const others = names.filter((name) => name !== source);

  it('links no PM2', async () => {
    expect(await refused(source, ['pm2', 'pm2/lib/API.js'])).toEqual([0, 1]);
  });

  it('imports what it may and nothing else', async () => {
    const found = await refused(
      source,
      others.map((name) => `@elmetron/${name}`),
    );
    const may: readonly Project[] = projects[source].may;
    expect(found.map((index) => others[index])).toEqual(
      others.filter((name) => !may.includes(name)),
    );
  });

  it(
    'reaches another project neither by a path nor below its name',
    { timeout: 20_000 },
    async () => {
      const paths = others.flatMap((name) => {
        const { dir, file } = projects[name];
        return [
          `../../../${dir}/${file.replace('.ts', '.js')}`,
          `@elmetron/${name}/${file}`,
          `@elmetron/${name}/dist/index.js`,
        ];
      });
      const found = await refused(source, paths);
      expect(found.map((index) => paths[index])).toEqual(paths);
    },
  );
});
