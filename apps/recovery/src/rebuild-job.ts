/** `recovery rebuild`: a database anew, in the place of a lost one or in a file beside one in use. */
import { defineProcess, RuntimeError } from '@elmetron/runtime';
import { rebuild, rebuildInto } from '@elmetron/storage';
import { openDatabase, openDatabases } from './databases.js';
import { progressBar } from './progress-bar.js';
import { intoExitCode, intoReport, rebuildExitCode, rebuildReport } from './rebuild-report.js';

/** A person is waiting; what keeps the database longer than this has to be stopped anyway. */
const LOCKED_MS = 5_000;

export const rebuildJob = defineProcess({
  name: 'recovery',
  command: 'rebuild',
  summary: [
    'Makes a database anew from archive and buffers. Without options: those of the configuration that',
    'are missing or damaged; a damaged one is kept under a dated name, and what only it still has is',
    'taken over from it. A sound database is never touched unless --replace says so.',
    'Exit code 0: complete; 1: not complete, what is missing is listed by session and numbers;',
    '2: refused (sound, in use), usage or configuration. Killed, the same command goes on.',
  ].join('\n'),
  options: {
    into: {
      type: 'text',
      help: 'make a new database in this file; the one in use and its writer are not disturbed',
    },
    replace: {
      type: 'flag',
      help: 'rebuild also what is sound; it is kept under a dated name (no writer may run)',
    },
    only: {
      type: 'text',
      help: '"real" or "demo" (emulated meters): this one; --into makes "real" when not said',
    },
    'dry-run': { type: 'flag', help: 'only say what there is to rebuild from; change nothing' },
    json: { type: 'flag', help: 'print the summary as one line of JSON' },
  },
  examples: [
    'recovery rebuild                          what is missing or damaged',
    'recovery rebuild --dry-run                the same, only looked at',
    'recovery rebuild --into check.sqlite      everything into a new file, to compare or to hand on',
    'recovery rebuild --into demo.sqlite --only demo',
    'recovery rebuild --replace --only real    set the sound database aside and make it anew',
  ],
  logTo: 'stderr',
  main: async ({ config, options, clock, log, signal, onStop, print, stop }) => {
    const { into, replace, json } = options;
    const only = oneOf(options.only);
    if (into !== undefined && replace) throw usage('--into and --replace exclude each other');
    const { storage } = config.app;
    const bar = progressBar({ stream: process.stderr, env: process.env });
    onStop('progress bar', bar.end);
    const shared = {
      databasePath: storage.database_path,
      demoDatabasePath: storage.demo_database_path,
      capturesDir: storage.captures_dir,
      archiveDays: storage.archive_days,
      clock,
      log,
      signal,
      lockedMs: LOCKED_MS,
      dryRun: options['dry-run'],
      onProgress: bar.show,
    };
    const say = (summary: object, lines: readonly string[], exitCode: number): void => {
      bar.end();
      if (json) print(`${JSON.stringify(summary)}\n`);
      else for (const line of lines) print(`${line}\n`);
      stop(exitCode);
    };

    if (into !== undefined) {
      const open = openDatabase(log);
      const made = await rebuildInto({ ...shared, into, emulated: only === 'demo', open });
      say(made, intoReport(made), intoExitCode(made));
      return;
    }
    const stores = openDatabases(storage, log);
    onStop('databases', () => stores.close());
    const rebuilt = await rebuild({ ...shared, stores, only, replaceSound: replace });
    say(rebuilt, rebuildReport(rebuilt, storage.captures_dir), rebuildExitCode(rebuilt));
  },
});

function oneOf(only: string | undefined): 'real' | 'demo' | undefined {
  if (only === undefined || only === 'real' || only === 'demo') return only;
  throw usage(`--only ${only}: allowed are "real" and "demo"`);
}

function usage(what: string): RuntimeError {
  return new RuntimeError('usage', `${what}. "recovery rebuild --help" has examples.`);
}
