/**
 * What runs before each start of the writer: looks at the databases, rebuilds what is lost of them,
 * replays the buffers that dead writers left, says what it did, and ends.
 */
import { defineProcess } from '@elmetron/runtime';
import { preflight } from '@elmetron/storage';
import { openDatabases } from './databases.js';
import { progressBar } from './progress-bar.js';
import { exitCode, report } from './report.js';

export const recoveryJob = defineProcess({
  name: 'recovery',
  summary:
    'Brings the readings of crashed sessions from their buffers into the database. Exit code 0: done,\nor nothing to do; 1: something could not be recovered and stays where it is; 2: configuration.\n"recovery rebuild --help" is about making a database anew.',
  options: {
    'dry-run': { type: 'flag', help: 'only say what there is to recover; change nothing' },
    json: { type: 'flag', help: 'print the summary as one line of JSON' },
  },
  logTo: 'stderr',
  main: async ({ config, options, clock, log, signal, onStop, print, stop }) => {
    const { storage } = config.app;
    const stores = openDatabases(storage, log);
    onStop('databases', () => stores.close());
    const bar = progressBar({ stream: process.stderr, env: process.env });
    onStop('progress bar', bar.end);

    const summary = await preflight({
      databasePath: storage.database_path,
      demoDatabasePath: storage.demo_database_path,
      capturesDir: storage.captures_dir,
      archiveDays: storage.archive_days,
      stores,
      clock,
      log,
      signal,
      dryRun: options['dry-run'],
      onProgress: bar.show,
    });
    bar.end();
    if (options.json) print(`${JSON.stringify(summary)}\n`);
    else for (const line of report(summary, storage.captures_dir)) print(`${line}\n`);
    stop(exitCode(summary));
  },
});
