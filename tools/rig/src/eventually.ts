/** How long a condition is waited for where nothing else is said: it finds what hangs, not what a busy machine makes slow. */
export const PATIENCE_MS = 60_000;

/**
 * Waits until `condition` holds, looking again every few milliseconds; fails after `withinMs` with
 * what was waited for and, if given, what `explain` says of the moment.
 */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  explain: () => string = () => '',
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`waited ${String(withinMs)} ms for ${what}\n${explain()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
