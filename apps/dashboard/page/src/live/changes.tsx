import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../app/announcer.js';
import type { LiveMeter } from './live-meter.js';
import { STATE_NAMES } from './recording.js';

/** Says to who listens when recording begins, stops or becomes doubtful: of each meter, its change only. */
export function Changes({ meters }: { meters: readonly LiveMeter[] }) {
  const before = useRef<ReadonlyMap<string, string> | null>(null);
  useEffect(() => {
    const now = new Map(meters.map(({ source, meter }) => [source, meter.recording.state]));
    const known = before.current;
    before.current = now;
    if (known === null) return;
    const changed = meters.filter(
      ({ source, meter }) => known.get(source) !== meter.recording.state,
    );
    if (changed.length > 0)
      announce(
        changed
          .map(({ source, meter: { recording } }) => {
            return `${source}: ${STATE_NAMES[recording.state]}. ${recording.message}`;
          })
          .join(' '),
      );
  });
  return null;
}
