/**
 * Which of two runs of a consumer began later: the name of a run is a UUIDv7, which sorts by its time.
 *
 * Two writers that are started together reach their sources in any order, so that each could displace
 * the other at some of them: then neither would serve all, and neither would end. Both ends of the
 * stream ask this question instead of the order of arrival when a displaced run comes back, so one of
 * the two gets every source. After a clock was set back the run that lives on keeps them.
 */
export function isNewer(run: string, than: string): boolean {
  return run > than;
}
