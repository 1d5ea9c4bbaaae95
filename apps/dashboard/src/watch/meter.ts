/** One meter as the page shows it, from what its acquisition says, its writer, and its live feed. */
import type { Answer, HealthPage } from '@elmetron/report';
import type { Meter, Reason } from '../api/live.js';
import type { Bench } from '../benches/bench.js';
import type { Beginning, LiveSource } from '../live/live-hub.js';
import { withAdvice } from './advice.js';
import { acquisitionFigures, type AcquisitionFigures } from './figures.js';
import type { Asked } from './health-watch.js';
import type { Identity } from './identities.js';
import { recordingOf, waitingFor, type Evidence } from './recording.js';

export interface MeterSources {
  readonly bench: Bench;
  readonly feed: LiveSource;
  /** The last look at acquisition; undefined: none yet. */
  readonly acquisition: Asked | undefined;
  /** What it says now (`pageNow`). */
  readonly page: PageNow | undefined;
  /** When it had its last reading, as it says, on the monotonic clock. */
  readonly saidAt: number | undefined;
  readonly writer: Asked | undefined;
  /** The session that goes on (`sessionNow`), and which meter it is of. */
  readonly session: string | null;
  readonly identity: Identity | undefined;
  /** The distance of readings that was told last, so that it does not flicker. */
  readonly intervalMs: number | null;
}

export interface Instant {
  /** UTC, ms since 1970. */
  readonly now: number;
  readonly monotonic: number;
}

/** An answer that is late is no death: what was said not longer ago still holds. */
const PAGE_HOLDS_MS = 3_500;

export function meterOf(sources: MeterSources, { monotonic }: Instant): Meter {
  const { bench, feed, saidAt, writer, intervalMs, session, identity } = sources;
  const { page, figures } = sources.page ?? {};
  const { consumer } = bench.app.writer;
  const { ring, heardAt } = feed;
  const { last } = ring;
  const own = figures?.source === bench.source ? figures : undefined;
  return {
    source: bench.source,
    bench: bench.name,
    model: identity?.model ?? null,
    serial: identity?.serial ?? null,
    port: own?.port ?? identity?.port ?? null,
    profile: identity?.profile ?? own?.profile ?? null,
    session,
    session_started_at: session === null ? null : (identity?.startedAt ?? null),
    emulated: identity?.emulated ?? null,
    recording: recordingOf({
      acquisition: acquisitionEvidence(sources, monotonic),
      source: bench.source,
      consumer,
      silentMs: silence(monotonic, heardAt, own && saidAt),
      intervalMs: intervalMs ?? bench.pollIntervalMs,
      heardSince: heardAt !== undefined && heardAt > (sources.acquisition?.since ?? 0),
    }),
    reasons: [
      ...reasonsOf(page === undefined ? undefined : { state: 'answers', page }, consumer),
      ...reasonsOf(writer?.answer, consumer),
    ].sort((a, b) => Number(b.level === 'critical') - Number(a.level === 'critical')),
    waiting: own === undefined ? null : waitingFor(own, consumer),
    last_reading: last ?? null,
    interval_ms: intervalMs,
  };
}

/** What acquisition says, and when it said so, on the monotonic clock. */
export interface PageNow {
  readonly page: HealthPage;
  readonly figures: AcquisitionFigures;
  readonly at: number;
}

/**
 * What acquisition says now, or said a moment ago while it is only late.
 * @param last the last look; undefined: none yet
 * @param lastPage the last one at which it did answer
 */
export function pageNow(
  last: Asked | undefined,
  lastPage: Asked | undefined,
  { monotonic }: Instant,
): PageNow | undefined {
  const answer = last?.answer;
  if (last !== undefined && answer?.state === 'answers') return saidAt(answer.page, last.at);
  const late = answer?.state === 'silent' && answer.why !== 'does not run';
  if (!late || lastPage?.answer.state !== 'answers') return undefined;
  if (monotonic - lastPage.at > PAGE_HOLDS_MS) return undefined;
  return saidAt(lastPage.answer.page, lastPage.at);
}

function saidAt(page: HealthPage, at: number): PageNow {
  return { page, figures: acquisitionFigures(page), at };
}

function acquisitionEvidence(
  { acquisition, page: now }: MeterSources,
  monotonic: number,
): Evidence['acquisition'] {
  if (now !== undefined) {
    const { page, figures, at } = now;
    return { state: 'answers', figures, reasons: page.reasons, ageMs: monotonic - at };
  }
  const answer = acquisition?.answer;
  return answer === undefined || answer.state === 'answers' ? { state: 'unasked' } : answer;
}

/**
 * The session that goes on, by whoever was heard last; null: none is known to.
 * @param saidAt when acquisition said what it says, on the monotonic clock
 */
export function sessionNow(
  { session: heard }: LiveSource,
  own: Pick<AcquisitionFigures, 'session'> | undefined,
  saidAt: number,
): string | null {
  if (own === undefined) return heard?.name ?? null;
  return heard !== undefined && heard.at >= saidAt ? heard.name : own.session;
}

/** What the first record of a session says of its meter. */
export function identityOfStart(start: Beginning): Identity {
  const { session, started_at, device, profile, emulated } = start;
  return { session, startedAt: Date.parse(started_at), ...device, profile, emulated };
}

/** What acquisition says of it; undefined: it is in no session. */
export function identityOfFigures(figures: AcquisitionFigures): Identity | undefined {
  const { session, sessionStartedAt, model, serial, port, profile, emulated } = figures;
  if (session === null) return undefined;
  return { session, startedAt: sessionStartedAt, model, serial, port, profile, emulated };
}

function silence(
  monotonic: number,
  ...readings: readonly (number | undefined)[]
): number | undefined {
  const known = readings.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : monotonic - Math.max(...known);
}

function reasonsOf(answer: Answer | undefined, consumer: string): Reason[] {
  if (answer?.state !== 'answers') return [];
  return answer.page.reasons.map((reason) => withAdvice(reason, consumer));
}
