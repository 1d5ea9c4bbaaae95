/** What a process says of its state: on its health page now, and in its log when that changed. */
import { expect } from 'vitest';
import {
  eventually,
  PATIENCE_MS,
  readHealth,
  type Bench,
  type HealthPage,
  type LogLine,
  type Run,
} from '@elmetron/rig';
import { deliversAll, expectWhole, measurements } from './on-a-bench.js';

/** The database of emulated meters, as the configuration names it. */
export const DEMO = 'data/demo/elmetron.sqlite';

export type Reason = HealthPage['reasons'][number];

/** One process and the page that it has. */
export class Watched {
  readonly run: Run;
  readonly #port: number;

  constructor(run: Run, port: number) {
    this.run = run;
    this.#port = port;
  }

  static writer(bench: Bench, config?: string): Watched {
    return new Watched(bench.startWriter(config), bench.ports.writer);
  }

  static acquisition(bench: Bench): Watched {
    return new Watched(bench.startAcquisition(), bench.ports.acquisition);
  }

  /** Undefined while it does not answer. */
  page(): Promise<HealthPage | undefined> {
    return readHealth(this.#port);
  }

  async codes(): Promise<string[]> {
    return ((await this.page())?.reasons ?? []).map(({ code }) => code);
  }

  async entered(code: string, withinMs = PATIENCE_MS): Promise<Reason> {
    let found: Reason | undefined;
    await eventually(
      `${this.run.name} to be in the state ${code}`,
      async () => {
        found = (await this.page())?.reasons.find((reason) => reason.code === code);
        return found !== undefined;
      },
      withinMs,
      () => this.run.tail(),
    );
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  async left(code: string, withinMs = PATIENCE_MS): Promise<void> {
    await eventually(
      `${this.run.name} to leave the state ${code}`,
      async () => {
        const page = await this.page();
        return page?.reasons.every((reason) => reason.code !== code) === true;
      },
      withinMs,
      () => this.run.tail(),
    );
  }

  async ok(withinMs = PATIENCE_MS): Promise<void> {
    await eventually(
      `${this.run.name} to be ok`,
      async () => (await this.page())?.status === 'ok',
      withinMs,
      () => this.run.tail(),
    );
  }

  /**
   * The log has one line that it was entered, of its level, and one that it was left. Waits for them: the page
   * and the log come on different ways.
   */
  async loggedOnce(code: string, level: 'degraded' | 'critical', left = true): Promise<void> {
    const lines = (): LogLine[] => this.run.log().filter(({ reason }) => reason === code);
    const expected = [level === 'critical' ? 50 : 40, ...(left ? [30] : [])];
    await eventually(
      `${String(expected.length)} log lines of ${code}`,
      () => lines().length >= expected.length,
      PATIENCE_MS,
      () => JSON.stringify(lines()),
    );
    expect(
      lines().map((line) => line.level),
      `log lines of ${code}: ${JSON.stringify(lines())}`,
    ).toEqual(expected);
  }
}

/** The emulated meter, a writer and an acquisition, the latter two watched. */
export async function running(bench: Bench) {
  const meter = await bench.startMeter();
  const writer = Watched.writer(bench);
  const acquisition = Watched.acquisition(bench);
  return { meter, writer, acquisition };
}

/** Stopped in order, everything that the meter sent is stored, and nothing twice. */
export async function nothingLost(
  bench: Bench,
  { writer, acquisition }: { writer: Watched; acquisition: Watched },
  lostOnTheWire = 0,
): Promise<void> {
  await deliversAll(bench, acquisition.run);
  expect((await writer.run.stop()).code).toBe(0);
  await expectWhole(bench, lostOnTheWire);
}

/** How many measurements are stored, once there is a database. */
export async function stored(bench: Bench): Promise<number> {
  await measurements(bench, 0);
  return bench.database().measurements.length;
}
