import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePatchedCopy } from './patched-copy.js';

let base: string;
let tree: string;
let copy: string;

function put(path: string, content: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), content);
}

/** A small tree: an application of ours that imports a library of ours, which imports a foreign package. */
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'mutants-'));
  tree = join(base, 'tree');
  copy = join(base, 'copy');
  put('package.json', '{"type":"module"}');
  put('config/app.toml', '');
  const ours = (name: string): string =>
    JSON.stringify({ name: `@elmetron/${name}`, type: 'module', exports: './dist/index.js' });
  put('apps/app/package.json', ours('app'));
  put('apps/app/dist/main.js', "import { say } from '@elmetron/lib';\nconsole.log(say());\n");
  put('libs/lib/package.json', ours('lib'));
  put(
    'libs/lib/dist/index.js',
    "import word from 'word';\nexport const say = () => 'honest ' + word;\n",
  );
  put('tools/unbuilt/package.json', ours('unbuilt'));
  put('node_modules/word/package.json', '{"type":"module","exports":"./index.js"}');
  put('node_modules/word/index.js', "export default 'word';\n");
  mkdirSync(join(tree, 'node_modules/@elmetron'));
  symlinkSync('../../libs/lib', join(tree, 'node_modules/@elmetron/lib'));
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const run = (root: string): string =>
  execFileSync(process.execPath, [join(root, 'apps/app/dist/main.js')], {
    encoding: 'utf8',
  }).trim();

it('a copy runs like the tree', () => {
  makePatchedCopy(tree, copy, []);
  expect(run(copy)).toBe('honest word');
});

it('a patched library is what the copy runs, and the tree does not', () => {
  makePatchedCopy(tree, copy, [
    { file: 'libs/lib/dist/index.js', find: "'honest '", replace: "'broken '" },
  ]);
  expect(run(copy)).toBe('broken word');
  expect(run(tree)).toBe('honest word');
});

it('a library that has not been built is said', () => {
  rmSync(join(tree, 'libs/lib/dist'), { recursive: true });
  const make = (): void => {
    makePatchedCopy(tree, copy, []);
  };
  expect(make).toThrow(expect.objectContaining({ code: 'not_built' }));
});
