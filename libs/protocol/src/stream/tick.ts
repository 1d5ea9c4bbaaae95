/**
 * Between two looks at what shows itself only by the passing of time, in a quiet process, in ms. A little more than a
 * heartbeat, so that one is due at each; and at a reading a second the reading comes first, which the look then rides on.
 */
export const PULSE_MS = 1002;

/** How often either end of the stream takes note of the time, in ms. */
export function tickMs(heartbeatMs = 1000): number {
  return Math.min(PULSE_MS, Math.max(5, heartbeatMs + 2));
}
