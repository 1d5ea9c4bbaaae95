/** Whether the writer's memory grows with what it has taken: the same writer, the same session, looked at on its way. */
import { residentMiB } from '@elmetron/rig';
import { capture } from '../load/captured.js';
import type { Measurement } from '../measurement.js';
import { median } from '../statistics.js';

const MARKS = { whole: [1_000_000, 5_000_000, 10_000_000], quick: [100_000, 200_000, 300_000] };
/** What is held swings with every collection of garbage: the middle of the last part before a mark is taken. */
const LAST_PART = 0.1;

export const memory: Measurement = {
  name: 'memory',
  title: "The writer's resident memory",
  mostRuns: 1,
  notQuick: 'a hundred thousand readings say nothing of ten million',
  async measure(context) {
    const marks = context.quick ? MARKS.quick : MARKS.whole;
    const samples = marks.map((): number[] => []);
    const first = marks[0] ?? 0;
    await capture(context, {
      sources: 1,
      measurements: Math.max(...marks),
      ahead: false,
      during: (committed, writer) => {
        const next = marks.findIndex((mark) => committed <= mark);
        const mark = marks[next];
        if (mark === undefined || committed < mark - LAST_PART * first) return;
        samples[next]?.push(residentMiB(writer.pid));
      },
    });
    return [
      ...marks.map((mark, i) => {
        const seen = samples[i] ?? [];
        return {
          name: `after_${['first', 'second', 'third'][i] ?? String(i)}_mark`,
          title: `after ${mark} readings`,
          unit: 'MB',
          runs: seen.length === 0 ? [] : [median(seen)],
        };
      }),
    ];
  },
};
