/** When readings are missing, for server and page alike: the rule by which storage draws its curves. */

/** A reading that is late by less is not missing: it may have been a poll too late. */
const LEAST_MS = 2_500;
const TIMES_USUAL = 3;

/**
 * Readings farther apart than this, in ms, have a gap between them. `usualMs`: how far apart they usually are; null:
 * not known.
 */
export function gapLimitMs(usualMs: number | null): number {
  return Math.max(LEAST_MS, TIMES_USUAL * (usualMs ?? 0));
}
