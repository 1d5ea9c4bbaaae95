/**
 * A copy of the built tree with patches in it, that runs like the tree itself. What is ours is
 * copied (Node finds a module by its real path, so a link would lead back); all other packages are
 * links to the installed ones.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { applyPatch } from './apply-patch.js';
import { MutantsError } from './mutants-error.js';
import type { Patch } from './mutant.js';

const GROUPS = ['apps', 'libs', 'tools'];
const SCOPE = '@elmetron';

/**
 * @param tree root of the built project
 * @param copy a directory that does not exist yet, or is empty
 * Throws MutantsError `not_built`, `patch_does_not_fit`.
 */
export function makePatchedCopy(tree: string, copy: string, patches: readonly Patch[]): void {
  mkdirSync(copy, { recursive: true });
  cpSync(join(tree, 'package.json'), join(copy, 'package.json'));
  cpSync(join(tree, 'config'), join(copy, 'config'), { recursive: true });
  const ours = GROUPS.flatMap((group) => packagesIn(tree, group));
  for (const path of ours) copyPackage(tree, copy, path);
  linkModules(tree, copy, ours);
  for (const patch of patches) {
    const path = join(copy, patch.file);
    writeFileSync(path, applyPatch(readFileSync(path, 'utf8'), patch));
  }
}

/** Built ones, as `libs/storage`. */
function packagesIn(tree: string, group: string): string[] {
  return readdirSync(join(tree, group))
    .map((name) => `${group}/${name}`)
    .filter((path) => existsSync(join(tree, path, 'package.json')))
    .filter((path) => {
      const built = existsSync(join(tree, path, 'dist'));
      if (!built && group !== 'tools') {
        throw new MutantsError(
          'not_built',
          `${path} has not been built. Run \`npm run build\` first.`,
        );
      }
      return built;
    });
}

function copyPackage(tree: string, copy: string, path: string): void {
  mkdirSync(join(copy, path), { recursive: true });
  cpSync(join(tree, path, 'package.json'), join(copy, path, 'package.json'));
  cpSync(join(tree, path, 'dist'), join(copy, path, 'dist'), {
    recursive: true,
    filter: (from) => !/\.(?:d\.ts|map|tsbuildinfo)$/.test(from),
  });
  const own = join(tree, path, 'node_modules');
  if (existsSync(own)) symlinkSync(resolve(own), join(copy, path, 'node_modules'));
}

function linkModules(tree: string, copy: string, ours: readonly string[]): void {
  const from = join(tree, 'node_modules');
  const to = join(copy, 'node_modules');
  mkdirSync(join(to, SCOPE), { recursive: true });
  for (const name of readdirSync(from)) {
    if (name !== SCOPE) symlinkSync(resolve(from, name), join(to, name));
  }
  for (const path of ours) {
    const { name } = JSON.parse(readFileSync(join(tree, path, 'package.json'), 'utf8')) as {
      name: string;
    };
    mkdirSync(dirname(join(to, name)), { recursive: true });
    symlinkSync(join('../..', path), join(to, name));
  }
}
