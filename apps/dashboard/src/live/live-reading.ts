import type { Measurement } from '@elmetron/protocol';
import type { LiveReading } from '../api/readings.js';

/** A record of the feed as the page gets it. */
export function liveReading(source: string, record: Measurement): LiveReading {
  const { session, seq, captured_at, elapsed_ms, decoded } = record;
  const { value, unit, temperature, temperature_unit } = decoded;
  const at = Date.parse(captured_at);
  return { source, session, seq, at, elapsed_ms, value, unit, temperature, temperature_unit };
}
