/** What a person has who writes each reading straight into SQLite: one transaction a reading, WAL, synchronous=FULL. */
import type { Measurement } from '../measurement.js';
import { runRaw } from '../raw/run-raw.js';

export const WORK = { whole: 10_000, quick: 3_000 };

export const baseline: Measurement = {
  name: 'baseline',
  title: 'Base line: one SQLite transaction a reading (better-sqlite3, WAL, FULL)',
  takesTurns: true,
  async measure(context) {
    const readings = context.quick ? WORK.quick : WORK.whole;
    context.progress(0, 1, `base line: ${readings} transactions`);
    const { ms, diskBytes, batchMs } = await runRaw(context, {
      kind: 'single',
      readings,
      batch: 1,
    });
    return [
      {
        name: 'records_per_second',
        title: `${readings} readings, a transaction each`,
        unit: 'records/s',
        runs: [readings / (ms / 1000)],
      },
      { name: 'commit_ms', title: 'one transaction, p50', unit: 'ms', runs: [batchMs.p50] },
      {
        name: 'disk_bytes_per_reading',
        title: 'disk bytes written',
        unit: 'B/reading',
        runs: [diskBytes / readings],
      },
    ];
  },
};
