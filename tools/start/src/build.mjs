/** From a fresh clone to programs that run: what npm start and the commands of tool.mjs begin with. */
import { local, run } from './command.mjs';
import { install } from './install.mjs';

/**
 * Installs what is missing and builds what has changed.
 * @param {(line: string) => void} say
 * @param {AbortSignal} [signal] gives up
 */
export async function installAndBuild(say, signal) {
  await install(say, signal);
  if (signal?.aborted === true) return;
  say('Building (only what has changed) ...');
  await run(
    'the build',
    local('nx/dist/bin/nx.js', 'run-many', '-t', 'build', '--output-style=static'),
    signal === undefined ? {} : { signal },
  );
}
