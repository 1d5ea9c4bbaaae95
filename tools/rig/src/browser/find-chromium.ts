/** The Chromium that the system has: none comes with the packages, none is downloaded. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/** Its path; undefined when the system has none. */
export function findChromium(path = process.env['PATH'] ?? ''): string | undefined {
  const directories = path.split(delimiter).filter((dir) => dir !== '');
  return NAMES.flatMap((name) => directories.map((dir) => join(dir, name))).find(isExecutable);
}

/** Why no test can be made in a browser here, in a word; undefined when it can. */
export function browserProblem(): string | undefined {
  const chromium = findChromium();
  if (chromium === undefined)
    return 'there is no chromium here (on Debian: apt-get install chromium)';
  const { status, stderr, error } = spawnSync(chromium, ['--version'], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status === 0) return undefined;
  const said = error?.message ?? stderr.trim().split('\n')[0] ?? 'it says nothing';
  return `${chromium} does not start here: ${said}`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
