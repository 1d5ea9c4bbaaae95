/** How a session is told of in a line. */
import type { SessionRow } from '../../../src/api/sessions.js';
import { durationText, NOTHING } from '../app/format.js';
import { parseTime } from '../app/time.js';

const ENDS: Readonly<Record<string, string>> = {
  stopped: 'stopped',
  profile_switch: 'profile changed',
  instrument_changed: 'another meter',
  crashed: 'crashed',
};

/** `open` while it goes on. */
export const stateOf = ({ ended_at, end_reason }: SessionRow): string =>
  ended_at === null ? 'open' : (ENDS[end_reason ?? ''] ?? end_reason ?? 'ended');

export function lengthOf({ started_at, ended_at }: SessionRow, now: number): string {
  const from = parseTime(started_at);
  if (from === null) return NOTHING;
  return durationText((parseTime(ended_at) ?? now) - from);
}
