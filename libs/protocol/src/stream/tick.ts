/** Between two looks at what shows itself only by the passing of time, in a quiet process, in ms. */
export const PULSE_MS = 600;

/** How often either end of the stream takes note of the time, in ms: more often than a heartbeat is due. */
export function tickMs(heartbeatMs = 1000): number {
  return Math.min(PULSE_MS, Math.max(5, 0.6 * heartbeatMs));
}
