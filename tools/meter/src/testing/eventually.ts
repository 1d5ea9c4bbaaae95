/** Waits for a condition, with a bound: a test never sleeps in the hope that it was long enough. */
export async function eventually(
  what: string,
  holds: () => boolean,
  withinMs = 10_000,
): Promise<void> {
  const until = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > until) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
