/**
 * The state of every meter, as it is known now; says when what a person would see of it has changed. That readings
 * do not come shows only by the passing of time, so it also looks by itself.
 */
import type { Clock } from '@elmetron/protocol';
import type { Meter } from '../api/live.js';
import type { Bench } from '../benches/bench.js';
import type { Beginning, LiveHub } from '../live/live-hub.js';
import type { HealthWatch } from './health-watch.js';
import type { AcquisitionFigures } from './figures.js';
import type { Identities, Identity } from './identities.js';
import {
  identityOfFigures,
  identityOfStart,
  meterOf,
  pageNow,
  sessionNow,
  type Instant,
} from './meter.js';
import { SaidReadings } from './said-readings.js';

export interface MeterBoardParts {
  readonly benches: readonly Bench[];
  readonly hub: Pick<LiveHub, 'source'>;
  readonly health: Pick<HealthWatch, 'of' | 'lastPage'>;
  readonly identities: Pick<Identities, 'tell' | 'of'>;
  readonly clock: Clock;
  readonly changed: (meters: readonly Meter[]) => void;
}

const LOOK_MS = 250;
/** A distance that differs by less is the same one. */
const SAME_INTERVAL = 0.15;

export class MeterBoard {
  readonly #parts: MeterBoardParts;
  readonly #said = new SaidReadings();
  readonly #intervals = new Map<string, number>();
  #shown = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: MeterBoardParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.look();
    }, LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get meters(): readonly Meter[] {
    const { benches, clock } = this.#parts;
    const instant = { now: clock.now(), monotonic: clock.monotonic() };
    return benches.flatMap((bench) => this.#meter(bench, instant) ?? []);
  }

  /** To be called whenever something may have changed. */
  look(): void {
    const { meters } = this;
    // A reading is told by itself; it alone changes nothing here.
    const shown = JSON.stringify(meters.map((meter) => ({ ...meter, last_reading: null })));
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#parts.changed(meters);
  }

  #meter(bench: Bench, instant: Instant): Meter | undefined {
    const { hub, health } = this.#parts;
    const { source } = bench;
    const { acquisition_port, writer_port } = bench.app.monitoring;
    const feed = hub.source(source);
    if (feed === undefined) return undefined;
    const acquisition = health.of(acquisition_port);
    const page = pageNow(acquisition, health.lastPage(acquisition_port), instant);
    const own = page?.figures.source === source ? page.figures : undefined;
    const lastAt = own?.lastReadingAt ?? undefined;
    const saidAt = lastAt === undefined ? undefined : this.#said.at(source, lastAt, instant);
    const session = sessionNow(feed, own, page?.at ?? 0);
    const identity = this.#identity(source, session, feed.beginning, own);
    const intervalMs = this.#interval(source, feed.ring.interval);
    const writer = health.of(writer_port);
    const told = { acquisition, page, saidAt, writer };
    return meterOf({ bench, feed, ...told, session, identity, intervalMs }, instant);
  }

  #identity(
    source: string,
    session: string | null,
    beginning: Beginning | undefined,
    own: AcquisitionFigures | undefined,
  ): Identity | undefined {
    const { identities } = this.#parts;
    const said = own && identityOfFigures(own);
    if (said !== undefined) identities.tell(source, said);
    // Its first record says all of it.
    if (beginning !== undefined) identities.tell(source, identityOfStart(beginning));
    return identities.of(source, session);
  }

  #interval(source: string, measured: number | undefined): number | null {
    const known = this.#intervals.get(source);
    if (measured === undefined) return known ?? null;
    if (known !== undefined && Math.abs(measured - known) <= SAME_INTERVAL * known) return known;
    this.#intervals.set(source, measured);
    return measured;
  }
}
