/** The committed reference says what the doc comments say now. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from './project.mjs';

const fresh = mkdtempSync(join(tmpdir(), 'elmetron-reference-'));
afterAll(() => {
  rmSync(fresh, { recursive: true });
});

function pages(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}

test('docs/reference is what `npm run docs` makes of the sources', () => {
  const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc');
  execFileSync(process.execPath, [typedoc, '--out', fresh], { cwd: ROOT, stdio: 'pipe' });
  expect(pages(join(ROOT, 'docs/reference'))).toEqual(pages(fresh));
}, 60_000);
