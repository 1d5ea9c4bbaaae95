/** One look at an open page and at the server behind it. */
import type { CDPSession, Page } from 'playwright-core';
import { cpuSeconds, residentMiB } from '../../process-figures.js';
import type { Run } from '../../run.js';
import { frameTimes, takeLongTasks } from '../in-page/watch-frames.js';
import { quantile } from '../quantile.js';
import type { ReadingDelays } from '../reading-delays.js';

export interface Sample {
  /** Seconds since the first look. */
  readonly at: number;
  /** Of the page's JavaScript, after a collection of garbage. */
  readonly heapMiB: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Resident, of the server's process. */
  readonly serverMiB: number;
  /** Of one processor since the look before, in percent. */
  readonly serverCpu: number;
  /** Tasks of more than 50 ms since the look before, without the collection of garbage by this look. */
  readonly longTasks: number;
  readonly longestTaskMs: number;
  /** Between two frames, within a few seconds. */
  readonly frameP99Ms: number;
  readonly longestFrameMs: number;
  /** From the arrival of a reading to its frame on the screen, since the look before. */
  readonly readings: number;
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly longestDelayMs: number;
}

const FRAMES_MS = 5_000;
const MIB = 1024 * 1024;

export interface ProbeParts {
  readonly page: Page;
  readonly dashboard: Run;
  readonly delays: ReadingDelays;
}

export class Probe {
  readonly #parts: ProbeParts;
  readonly #cdp: CDPSession;
  #cpu: { readonly seconds: number; readonly at: number };

  private constructor(parts: ProbeParts, cdp: CDPSession) {
    this.#parts = parts;
    this.#cdp = cdp;
    this.#cpu = { seconds: cpuSeconds(parts.dashboard.pid), at: performance.now() };
  }

  static async attach(parts: ProbeParts): Promise<Probe> {
    const cdp = await parts.page.context().newCDPSession(parts.page);
    await cdp.send('HeapProfiler.enable');
    return new Probe(parts, cdp);
  }

  async sample(at: number): Promise<Sample> {
    const { page, dashboard, delays } = this.#parts;
    // What the page did by itself comes first: a collection of garbage holds it up.
    const frames = await page.evaluate(frameTimes, FRAMES_MS);
    const tasks = await page.evaluate(takeLongTasks);
    const shown = await delays.take();
    await this.#cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.#cdp.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners: listeners } = await this.#cdp.send('Memory.getDOMCounters');
    await page.evaluate(takeLongTasks);
    return {
      at,
      heapMiB: usedSize / MIB,
      nodes,
      listeners,
      serverMiB: residentMiB(dashboard.pid),
      serverCpu: this.#processorShare(),
      longTasks: tasks.length,
      longestTaskMs: Math.max(0, ...tasks),
      frameP99Ms: quantile(frames, 0.99),
      longestFrameMs: Math.max(0, ...frames),
      readings: shown.length,
      delayP50Ms: quantile(shown, 0.5),
      delayP99Ms: quantile(shown, 0.99),
      longestDelayMs: Math.max(0, ...shown),
    };
  }

  #processorShare(): number {
    const before = this.#cpu;
    this.#cpu = { seconds: cpuSeconds(this.#parts.dashboard.pid), at: performance.now() };
    const elapsed = (this.#cpu.at - before.at) / 1000;
    return (100 * (this.#cpu.seconds - before.seconds)) / elapsed;
  }
}
