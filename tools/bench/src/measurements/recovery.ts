/** The real recovery job on one large buffer that a dead writer left: from its start to its end. */
import { mkdirSync } from 'node:fs';
import { newSessionId } from '@elmetron/protocol';
import { Bench, peakUntilEnd, writeLargeBuffer } from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import { DATABASE, verify } from '../load/captured.js';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';
import { profiled } from '../profiled.js';

const WORK = { whole: 1_000_000, quick: 100_000 };
/** As configured by default, and without the archive that is kept of removed buffers. */
const ARCHIVE_DAYS = [30, 0];

export const recovery: Measurement = {
  name: 'recovery',
  title: 'Recovery of a large buffer, from its start to its end',
  takesTurns: true,
  mostRuns: 3,
  async measure(context) {
    const readings = context.quick ? WORK.quick : WORK.whole;
    const figures: Figure[] = [];
    const kinds = context.quick ? ARCHIVE_DAYS.slice(0, 1) : ARCHIVE_DAYS;
    for (const [done, archiveDays] of kinds.entries()) {
      context.progress(done, kinds.length, `recovery of ${readings} readings`);
      const { ms, peakKb } = await recover(context, readings, archiveDays);
      const suffix = archiveDays === 0 ? '_without_archive' : '';
      const how = archiveDays === 0 ? ', archive_days = 0' : '';
      figures.push(
        {
          name: `records_per_second${suffix}`,
          title: `${readings} readings${how}`,
          unit: 'records/s',
          runs: [readings / (ms / 1000)],
        },
        {
          name: `peak_mb${suffix}`,
          title: `peak memory${how}`,
          unit: 'MB',
          runs: [peakKb / 1024],
        },
      );
    }
    return figures;
  },
};

async function recover(
  context: MeasurementContext,
  readings: number,
  archiveDays: number,
): Promise<{ readonly ms: number; readonly peakKb: number }> {
  const bench = await Bench.open({
    parent: context.dir,
    node: profiled(context),
    config: { storage: { archive_days: archiveDays }, log: { level: 'info' } },
  });
  const interrupted = (): void => void bench.close();
  context.signal.addEventListener('abort', interrupted);
  try {
    const [session, run] = [newSessionId(), newSessionId()];
    mkdirSync(bench.path('captures'), { recursive: true });
    const name = `session_${session}_${run}_000001_buffer.jsonl`;
    writeLargeBuffer(bench.path('captures', name), session, { measurements: readings });
    const began = performance.now();
    const job = bench.startRecovery();
    const peakKb = await peakUntilEnd(job);
    const ms = performance.now() - began;
    if (job.exit?.code !== 0) throw new BenchError('not_done', `recovery failed: ${job.tail()}`);
    verify(bench.path(DATABASE), readings, 1);
    return { ms, peakKb };
  } finally {
    context.signal.removeEventListener('abort', interrupted);
    await bench.close();
  }
}
