/**
 * What this machine allows: the same bytes appended and synced in the writer's batches, and the same rows inserted
 * in the store's, by the plainest program. The writer does both; the slower of the two is its ceiling.
 */
import type { Measurement } from '../measurement.js';
import { runRaw } from '../raw/run-raw.js';
import { WORK } from './end-to-end.js';

/** Of `buffer_flush_interval`. */
const RECORDS_PER_SYNC = 1_000;
/** About what a transaction of the writer holds: 1 MiB of lines. */
const ROWS_PER_COMMIT = 2_000;

export const limits: Measurement = {
  name: 'limits',
  title: 'Limits of this machine, the same readings',
  takesTurns: true,
  async measure(context) {
    const readings = context.records ?? (context.quick ? WORK.quick : WORK.whole);
    const rate = ({ ms }: { readonly ms: number }): number => readings / (ms / 1000);
    context.progress(0, 2, `limits: ${readings} lines appended`);
    const append = await runRaw(context, { kind: 'append', readings, batch: RECORDS_PER_SYNC });
    context.progress(1, 2, `limits: ${readings} rows inserted`);
    const insert = await runRaw(context, { kind: 'batched', readings, batch: ROWS_PER_COMMIT });
    return [
      {
        name: 'append',
        title: `append and fdatasync, ${RECORDS_PER_SYNC} a sync`,
        unit: 'records/s',
        runs: [rate(append)],
      },
      {
        name: 'insert',
        title: `insert, ${ROWS_PER_COMMIT} a transaction`,
        unit: 'records/s',
        runs: [rate(insert)],
      },
      {
        name: 'ceiling',
        title: 'ceiling: the slower of the two',
        unit: 'records/s',
        runs: [Math.min(rate(append), rate(insert))],
      },
      {
        name: 'sync_ms',
        title: 'one append with its sync, p50',
        unit: 'ms',
        runs: [append.batchMs.p50],
      },
    ];
  },
};
