/**
 * Makes things that mostly wait, a few of them side by side, and hands them out in their order. What
 * fails, fails when its turn comes.
 */
export async function* ahead<T, R>(
  items: readonly T[],
  most: number,
  make: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const making: Promise<R>[] = [];
  let next = 0;
  try {
    for (;;) {
      while (making.length < most && next < items.length) {
        const item = items[next++];
        if (item === undefined) continue;
        const made = make(item);
        made.catch(() => undefined);
        making.push(made);
      }
      const first = making.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.allSettled(making);
  }
}
