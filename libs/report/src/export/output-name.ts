/** How a file with readings is called unless a person says otherwise. */
import type { ZoneClock } from '../time/zone-clock.js';
import type { ExportSelection } from './export-part.js';

/** `elmetron_20261127-114131_00308-25`: when the readings begin, and of which meter they are; without an ending. */
export function outputName(
  { parts, database }: Pick<ExportSelection, 'parts' | 'database'>,
  clock: ZoneClock,
): string {
  const [first] = parts;
  const begins = first?.session.started_at ?? new Date(0).toISOString();
  const moment = clock
    .local(Date.parse(begins))
    .slice(0, 19)
    .replace(/[-:]/g, '')
    .replace(' ', '-');
  const serials = new Set(parts.map(({ session }) => session.serial ?? 'unknown'));
  const meter = serials.size === 1 ? [...serials].join('') : `${serials.size}-meters`;
  const safe = meter.replace(/[^0-9A-Za-z.]+/g, '-').replace(/^[-.]+/, '');
  return `elmetron_${moment}_${safe}${database.emulated ? '_emulated' : ''}`;
}
