/** The bench's end of the load process. */
import { fileURLToPath } from 'node:url';
import { eventually, Run } from '@elmetron/rig';
import type { LoadEvent, LoadSpec } from './spec.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

type EventOf<E extends LoadEvent['event']> = Extract<LoadEvent, { event: E }>;

export class Load {
  readonly run: Run;

  private constructor(run: Run) {
    this.run = run;
  }

  /** Resolves when it listens; making lines beforehand takes a few microseconds each. */
  static async start(spec: LoadSpec, cwd: string): Promise<Load> {
    const load = new Load(Run.start('load', [MAIN, JSON.stringify(spec)], { cwd }));
    try {
      await load.said('ready', 600_000);
      return load;
    } catch (error) {
      await load.run.kill();
      throw error;
    }
  }

  go(): void {
    this.run.tell('go');
  }

  /** Measurements acknowledged, as last told. */
  get durable(): number {
    const last = this.run.stdout.findLast((line) => line.includes('"progress"'));
    return last === undefined ? 0 : (JSON.parse(last) as EventOf<'progress'>).durable;
  }

  has(event: LoadEvent['event']): boolean {
    return this.run.stdout.some((line) => line.startsWith(`{"event":"${event}"`));
  }

  /** Waits until it has said so; fails when the process ends. */
  async said<E extends LoadEvent['event']>(event: E, withinMs: number): Promise<EventOf<E>> {
    await eventually(
      `the load to say ${event}`,
      () => {
        if (this.run.exit !== undefined) throw new Error(`the load has ended\n${this.run.tail()}`);
        return this.has(event);
      },
      withinMs,
      () => this.run.tail(),
    );
    const line = this.run.stdout.find((text) => text.startsWith(`{"event":"${event}"`));
    return JSON.parse(line ?? '{}') as EventOf<E>;
  }
}
