/**
 * How often either end of the stream takes note of the time, in ms: several times a heartbeat, and five times a
 * second at least, because it looks at its memory then, too: what a flood may take depends on how soon that is seen.
 */
export function tickMs(heartbeatMs = 1000): number {
  return Math.min(200, Math.max(5, heartbeatMs / 5));
}
