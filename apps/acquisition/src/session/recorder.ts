/**
 * Decides what the session says: when it begins and ends, and which events stand between its
 * readings. It hears everything that happens on the link and writes it into the journal.
 *
 * A session begins with a good frame and outlives the link: the same meter coming back continues
 * it. It ends when another meter answers (twice in a row: once may be a flipped digit), when the
 * profile is another one, or at a stop.
 */
import type { Clock, Metadata } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import type { AlarmWatch } from '../alarms/alarm-watch.js';
import type { LinkError } from '@elmetron/link';
import type { PollFigures } from '../meter/poller.js';
import type { MeterProfile } from '../meter/profile.js';
import type { Arrival, Discarded, MeterListener, Reading, Undecodable } from '../meter/reading.js';
import { ClockWatch } from './clock-watch.js';
import * as events from './events.js';
import type { Journal } from './journal.js';
import { LineAccount } from './line-account.js';
import { NoiseWatch } from './noise-watch.js';
import { SerialWatch } from './serial-watch.js';
import type { EndReason } from './session.js';
import { SilenceWatch } from './silence-watch.js';
import { UnreadableWatch } from './unreadable-watch.js';

export interface RecorderParts {
  readonly source: string;
  readonly metadata: Metadata;
  readonly journal: Journal;
  readonly polls: PollFigures;
  readonly alarms: Pick<AlarmWatch, 'reading' | 'pulse' | 'endSession'>;
  readonly clock: Clock;
  readonly health: Health;
}

/** Between two summaries of noise and failed polls. */
const SUMMARY_MS = 60_000;

export class Recorder implements MeterListener {
  readings = 0;
  lastReadingAt: number | undefined;
  meter: { readonly model: string; readonly serial: string } | undefined;
  readonly #parts: RecorderParts;
  readonly #silence: SilenceWatch;
  readonly #clockWatch = new ClockWatch();
  readonly #serials = new SerialWatch();
  #unreadable = new UnreadableWatch();
  readonly #line = new LineAccount();
  readonly #noise: NoiseWatch;
  #metadata: Metadata;
  #link: { readonly port: string; readonly profile: string } | undefined;
  #outage: events.Outage | undefined;
  #summaryAt: number;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#metadata = parts.metadata;
    this.#silence = new SilenceWatch(parts.clock);
    this.#noise = new NoiseWatch(parts);
    this.#summaryAt = parts.clock.monotonic() + SUMMARY_MS;
  }

  /** A link is open; a meter may answer from now on. */
  opened(port: string, profile: MeterProfile): void {
    this.#sayOdd(this.#serials.give());
    const before = this.#link?.port ?? port;
    this.#link = { port, profile: profile.name };
    if (port !== before) this.#parts.journal.event(events.linkMoved(before, port));
    this.#silence.listen(profile.intervalMs);
    if (this.#outage !== undefined) this.#outage.reopenedAt = this.#parts.clock.now();
  }

  /** The link ended by itself. */
  lost(error: LinkError): void {
    const { clock, health, journal } = this.#parts;
    this.#sayOdd(this.#serials.give());
    this.#silence.deaf();
    health.clear('meter_silent');
    this.#noise.deaf();
    if (this.#outage !== undefined) {
      this.#outage.losses++;
      return;
    }
    const from = clock.now();
    const { message: reason } = error;
    this.#outage = { from, monotonic: clock.monotonic(), reason, reopenedAt: undefined, losses: 1 };
    journal.event(events.linkLost(error, this.#link?.port ?? ''));
  }

  reading(reading: Reading): void {
    this.readings++;
    this.lastReadingAt = reading.at;
    this.#checkClock(reading);
    const known = this.#parts.journal.session?.origin.device.serial;
    const { sure, odd } = this.#serials.check(reading, known);
    this.#sayOdd(odd);
    if (sure.length === 0) this.#heardAgain(reading);
    for (const one of sure) this.#record(one);
  }

  undecodable(frame: Undecodable): void {
    this.#noise.heard();
    if (!this.#line.undecodable(frame)) return;
    this.#parts.journal.event(events.frameNotUnderstood(frame));
  }

  discarded(piece: Discarded): void {
    // A meter may start its answer over: that is no disturbance.
    if (piece.reason !== 'restarted') this.#noise.heard();
    this.#line.discarded(piece);
  }

  /** To be called about once a second: notices what shows itself only by the passing of time. */
  pulse(): void {
    const { alarms, clock, journal, polls } = this.#parts;
    const now = { at: clock.now(), monotonic: clock.monotonic() };
    this.#checkClock(now);
    this.#checkSilence();
    this.#noise.pulse();
    alarms.pulse();
    this.#line.polls(polls, now.at, this.#silence.silent || this.#outage !== undefined);
    journal.retryGap();
    if (now.monotonic >= this.#summaryAt) {
      this.#summaryAt = now.monotonic + SUMMARY_MS;
      this.#summarise();
    }
  }

  /** New metadata holds for the sessions to come, and what changed is added to the running one. */
  describe(metadata: Metadata): void {
    const changed = Object.entries(metadata).filter(
      ([key, value]) => this.#metadata[key] !== value,
    );
    this.#metadata = metadata;
    if (changed.length > 0) this.#parts.journal.metadata(Object.fromEntries(changed));
  }

  /** False: the spool has no room for the end; it may be tried again. */
  end(reason: EndReason): boolean {
    this.#lastWords();
    return this.#parts.journal.end(reason);
  }

  /** Ends the session for good, if need be without a record of it. */
  close(reason: EndReason): void {
    this.#lastWords();
    this.#parts.journal.close(reason);
  }

  #lastWords(): void {
    const { alarms, journal } = this.#parts;
    this.#sayOdd(this.#serials.give());
    this.#summarise();
    if (journal.session !== undefined) alarms.endSession();
  }

  #record(reading: Reading): void {
    const { alarms, journal } = this.#parts;
    this.meter = { model: reading.model, serial: reading.serial };
    this.#endIfAnother(reading);
    if (journal.session === undefined && !this.#begin(reading)) {
      this.#heardAgain(reading);
      journal.lost(reading);
      alarms.reading(reading);
      return;
    }
    this.#reopened(reading);
    this.#heardAgain(reading);
    this.#checkUnreadable(reading);
    journal.measurement(reading);
    alarms.reading(reading);
  }

  #sayOdd(frame: Reading | undefined): void {
    if (frame !== undefined) this.#parts.journal.event(events.oddSerial(frame));
  }

  #endIfAnother(reading: Reading): void {
    const origin = this.#parts.journal.session?.origin;
    if (origin === undefined) return;
    if (origin.device.serial !== reading.serial) this.close('instrument_changed');
    else if (origin.profile !== this.#link?.profile) this.close('profile_switch');
  }

  #begin(first: Reading): boolean {
    this.#unreadable = new UnreadableWatch();
    return this.#parts.journal.begin(
      {
        source: this.#parts.source,
        profile: this.#link?.profile ?? '',
        device: { model: first.model, serial: first.serial, port: this.#link?.port ?? '' },
        metadata: this.#metadata,
      },
      first,
    );
  }

  #reopened(reading: Reading): void {
    const outage = this.#outage;
    if (outage === undefined) return;
    this.#outage = undefined;
    this.#parts.journal.event(events.linkBack(outage, reading, this.#link?.port ?? ''));
  }

  #heardAgain(reading: Reading): void {
    const silence = this.#silence.heard();
    if (silence === undefined) return;
    this.#parts.health.clear('meter_silent');
    this.#parts.journal.event(events.meterAnswering(silence, reading));
  }

  #checkSilence(): void {
    const silence = this.#silence.check();
    if (silence === undefined) return;
    this.#sayOdd(this.#serials.give());
    const event = events.meterSilent(silence);
    this.#parts.journal.event(event);
    this.#parts.health.raise('meter_silent', event.message);
  }

  #checkClock(now: Arrival): void {
    const jump = this.#clockWatch.check(now);
    if (jump !== undefined) this.#parts.journal.event(events.clockJump(jump, now.at));
  }

  #checkUnreadable(reading: Reading): void {
    const change = this.#unreadable.check(reading);
    if (change !== undefined) this.#parts.journal.event(events.readability(change, reading));
  }

  #summarise(): void {
    const { clock, journal } = this.#parts;
    // Without a session it is kept for the next one: noise before the first frame belongs to it.
    if (journal.session === undefined) return;
    const summary = this.#line.summary(clock.now());
    if (summary !== undefined) journal.event(events.lineSummary(summary));
  }
}
