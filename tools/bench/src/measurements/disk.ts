/**
 * What the disk is made to write for a reading, how often it is made to sync, and how much is at risk at a moment,
 * at three paces. Bytes are the kernel's account of the writer's process, in whole pages; syncs are counted by
 * strace in a run of their own, because it slows what it looks at.
 */
import { join } from 'node:path';
import { CallCounts, diskBytesWritten, traceProblem } from '@elmetron/rig';
import { capture, type Captured } from '../load/captured.js';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';
import { runRaw } from '../raw/run-raw.js';

interface Pace {
  readonly perSecond: number;
  readonly name: string;
  readonly seconds: { readonly whole: number; readonly quick: number };
}

const PACES: readonly Pace[] = [
  { perSecond: 1, name: 'at_1', seconds: { whole: 60, quick: 3 } },
  { perSecond: 1_000, name: 'at_1000', seconds: { whole: 10, quick: 2 } },
  { perSecond: 10_000, name: 'at_10000', seconds: { whole: 10, quick: 2 } },
];
const SYNCS = ['fsync', 'fdatasync', 'sync_file_range', 'msync'];
/** The one whose syncs are counted in a quick bench. */
const QUICK_SYNCS = 1_000;
const BASE_LINE_READINGS = { whole: 5_000, quick: 2_000 };

export const disk: Measurement = {
  name: 'disk',
  title: 'Disk, and what is at risk in a power cut',
  mostRuns: 3,
  async measure(context) {
    const figures = new Map<string, Figure & { runs: number[] }>();
    const note = (name: string, title: string, unit: string, value: number | undefined): void => {
      const figure = figures.get(name) ?? { name, title, unit, runs: [] };
      if (value !== undefined) figure.runs.push(value);
      figures.set(name, figure);
    };
    const problem = traceProblem();
    const runs = context.quick ? 1 : context.runs;
    for (let run = 0; run < runs; run++) {
      for (const pace of PACES) {
        const { perSecond, name } = pace;
        const at = `at ${perSecond}/s`;
        const { bytes, readings, atRisk } = await paced(context, pace);
        note(
          `bytes_per_reading_${name}`,
          `disk bytes written ${at}`,
          'B/reading',
          bytes / readings,
        );
        const left = context.quick && perSecond !== QUICK_SYNCS;
        const untraced = problem ?? (left ? 'left out of a quick bench' : undefined);
        const syncs = untraced === undefined ? await syncsOf(context, pace) : undefined;
        const why = untraced === undefined ? '' : ` (${untraced})`;
        note(`syncs_per_1000_${name}`, `syncs per 1,000 readings ${at}${why}`, 'syncs', syncs);
        note(
          `at_risk_ms_${name}`,
          `oldest unacknowledged reading ${at}, p50`,
          'ms',
          atRisk?.ms.p50,
        );
        note(
          `at_risk_ms_p99_${name}`,
          `oldest unacknowledged reading ${at}, p99`,
          'ms',
          atRisk?.ms.p99,
        );
        note(
          `at_risk_${name}`,
          `readings not yet acknowledged ${at}, p50`,
          'readings',
          atRisk?.records.p50,
        );
        note(
          `at_risk_p99_${name}`,
          `readings not yet acknowledged ${at}, p99`,
          'readings',
          atRisk?.records.p99,
        );
      }
      const readings = context.quick ? BASE_LINE_READINGS.quick : BASE_LINE_READINGS.whole;
      const { diskBytes } = await runRaw(context, { kind: 'single', readings, batch: 1 });
      note(
        'bytes_per_reading_base_line',
        'disk bytes written, base line',
        'B/reading',
        diskBytes / readings,
      );
    }
    return [...figures.values()];
  },
};

interface Paced extends Captured {
  readonly bytes: number;
  readonly readings: number;
}

async function paced(context: MeasurementContext, pace: Pace): Promise<Paced> {
  const readings = readingsOf(context, pace);
  let before = 0;
  let after = 0;
  const captured = await capture(context, {
    sources: 1,
    measurements: readings,
    perSecond: pace.perSecond,
    ahead: true,
    edge: (edge, { pid }) => {
      if (edge === 'before') before = diskBytesWritten(pid);
      else after = diskBytesWritten(pid);
    },
  });
  return { ...captured, bytes: after - before, readings };
}

/** Per 1,000 readings. */
async function syncsOf(context: MeasurementContext, pace: Pace): Promise<number> {
  const readings = readingsOf(context, pace);
  let counts: CallCounts | undefined;
  let syncs = 0;
  await capture(context, {
    sources: 1,
    measurements: readings,
    perSecond: pace.perSecond,
    ahead: true,
    edge: async (edge, { pid }, bench) => {
      if (edge === 'before') counts = await CallCounts.attach(pid, SYNCS, join(bench.dir, 'calls'));
      else syncs = (await counts?.end()) ?? NaN;
    },
  });
  return (syncs / readings) * 1000;
}

function readingsOf({ quick }: MeasurementContext, { perSecond, seconds }: Pace): number {
  return perSecond * (quick ? seconds.quick : seconds.whole);
}
