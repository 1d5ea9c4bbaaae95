/// <reference lib="dom" />
/** How evenly the page draws, and how long it is held up. Handed to the page as text, see watch-text.ts. */

/** Writes down every task that held the page up for more than 50 ms. Once for each page. */
export function watchLongTasks(): void {
  const tasks: number[] = [];
  Object.assign(window, { longTasks: tasks });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ entryTypes: ['longtask'] });
}

/** Their durations in ms since the last time. */
export function takeLongTasks(): number[] {
  const { longTasks = [] } = window as { longTasks?: number[] };
  return longTasks.splice(0);
}

/** Milliseconds between one frame and the next, for so long. */
export function frameTimes(milliseconds: number): Promise<number[]> {
  return new Promise((resolve) => {
    const times: number[] = [];
    const end = performance.now() + milliseconds;
    let before: number | undefined;
    const frame = (now: number): void => {
      if (before !== undefined) times.push(now - before);
      before = now;
      if (now < end) requestAnimationFrame(frame);
      else resolve(times);
    };
    requestAnimationFrame(frame);
  });
}
