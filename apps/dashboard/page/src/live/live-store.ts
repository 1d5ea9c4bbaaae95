/** Everything that the page knows of the moment: the connection, the meters, their readings and curves. */
import type { LiveEvents, Meter } from '../../../src/api/live.js';
import type { LiveReading, Mark } from '../../../src/api/readings.js';
import type { Failure } from '../api/failure.js';
import { Topic } from '../app/topic.js';
import { Connection, type Heard } from './connection.js';
import { History } from './history.js';
import { LiveMeter } from './live-meter.js';
import type { RecordingState } from './recording.js';
import { ServerClock } from './server-clock.js';

export class LiveStore implements Heard {
  readonly connectionTopic = new Topic();
  /** Which meters there are, and how each is; not its readings. */
  readonly metersTopic = new Topic();
  readonly clock = new ServerClock();
  readonly connection = new Connection(this);
  readonly #meters = new Map<string, LiveMeter>();
  readonly #sources = new Map<string, string>();
  readonly #history = new History();
  refusal: Failure | null = null;
  /** Of the server that made this page's first connection, and of the one that answers now. */
  version: string | null = null;
  versionNow: string | null = null;
  /** The list of meters has come. */
  complete = false;
  #missed = false;

  get meters(): readonly LiveMeter[] {
    return [...this.#meters.values()];
  }

  meter(source: string): LiveMeter | undefined {
    return this.#meters.get(source);
  }

  get now(): number {
    return this.clock.at(Date.now());
  }

  get lost(): boolean {
    return this.connection.link.lostAt !== null;
  }

  /** Of a meter now: what was so before the connection was lost is not known to be so. */
  stateOf({ meter }: LiveMeter): RecordingState {
    return this.lost ? 'unknown' : meter.recording.state;
  }

  start(): void {
    this.connection.start();
  }

  link(): void {
    if (this.connection.link.phase === 'open') this.refusal = null;
    if (this.lost) this.#missed = true;
    this.connectionTopic.changed();
    for (const { topic } of this.meters) topic.changed();
  }

  refused(failure: Failure): void {
    this.refusal = failure;
    this.connectionTopic.changed();
  }

  event<K extends keyof LiveEvents>(name: K, body: LiveEvents[K]): void;
  event(name: keyof LiveEvents, body: LiveEvents[keyof LiveEvents]): void {
    if (name === 'hello') this.#hello(body as LiveEvents['hello']);
    else if (name === 'meters') this.#setMeters((body as LiveEvents['meters']).meters);
    else if (name === 'readings') this.#readings((body as LiveEvents['readings']).readings);
    else this.#marks((body as LiveEvents['marks']).marks);
  }

  #hello({ now, version }: LiveEvents['hello']): void {
    if (this.#missed) {
      this.#missed = false;
      this.clock.forget();
      for (const meter of this.meters) meter.missed();
    }
    this.clock.heard(now, Date.now());
    if (version === this.versionNow) return;
    this.version ??= version;
    this.versionNow = version;
    this.connectionTopic.changed();
  }

  #setMeters(meters: readonly Meter[]): void {
    const there = new Set(meters.map(({ source }) => source));
    for (const source of this.#meters.keys()) if (!there.has(source)) this.#meters.delete(source);
    for (const meter of meters) {
      if (meter.session !== null) this.#sources.set(meter.session, meter.source);
      const known = this.#meters.get(meter.source);
      if (known === undefined)
        this.#meters.set(meter.source, new LiveMeter(meter, this.#history, () => this.now));
      else known.update(meter);
    }
    this.complete = true;
    this.metersTopic.changed();
  }

  #readings(readings: readonly LiveReading[]): void {
    for (const reading of readings) {
      this.#sources.set(reading.session, reading.source);
      this.#meters.get(reading.source)?.take(reading);
    }
  }

  #marks(marks: readonly Mark[]): void {
    for (const mark of marks) {
      const source = this.#sources.get(mark.session);
      if (source !== undefined) this.#meters.get(source)?.mark([mark]);
    }
  }
}
