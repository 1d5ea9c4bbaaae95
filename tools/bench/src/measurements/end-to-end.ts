/**
 * How many readings a second a real writer makes durable and commits: offered over the real stream, acknowledged,
 * and in SQLite with synchronous=FULL. The clock runs from the first one offered to the last one committed.
 */
import type { Figure, Measurement } from '../measurement.js';
import { capture } from '../load/captured.js';

const SOURCES = [1, 8];
export const WORK = { whole: 200_000, quick: 50_000 };

export const endToEnd: Measurement = {
  name: 'end-to-end',
  title: 'End to end: from the stream to synced in the buffer and committed in SQLite',
  takesTurns: true,
  async measure(context) {
    const measurements = context.records ?? (context.quick ? WORK.quick : WORK.whole);
    const figures: Figure[] = [];
    for (const sources of SOURCES) {
      const { acknowledgedMs, committedMs } = await capture(context, {
        sources,
        measurements,
        ahead: true,
      });
      const suffix = sources === 1 ? '' : `_${sources}_sources`;
      const from = `${measurements} readings from ${sources} source${sources === 1 ? '' : 's'}`;
      figures.push(
        {
          name: `records_per_second${suffix}`,
          title: `${from}, committed`,
          unit: 'records/s',
          runs: [measurements / (committedMs / 1000)],
        },
        {
          name: `acknowledged_per_second${suffix}`,
          title: `${from}, acknowledged`,
          unit: 'records/s',
          runs: [measurements / (acknowledgedMs / 1000)],
        },
      );
    }
    return figures;
  },
};
