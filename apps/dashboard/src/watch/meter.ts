/** One meter as the page shows it, from what its acquisition says, its writer, and its live feed. */
import type { Answer, HealthPage } from '@elmetron/report';
import { adviceFor } from '@elmetron/runtime';
import type { Meter, Reason } from '../api/live.js';
import type { Bench } from '../benches/bench.js';
import type { LiveSource } from '../live/live-hub.js';
import { acquisitionFigures, type AcquisitionFigures } from './figures.js';
import type { Asked } from './health-watch.js';
import { recordingOf, waitingFor, type Evidence } from './recording.js';

export interface MeterSources {
  readonly bench: Bench;
  readonly feed: LiveSource;
  /** The last look at acquisition; undefined: none yet. */
  readonly acquisition: Asked | undefined;
  /** What it says now (`pageNow`). */
  readonly page: HealthPage | undefined;
  /** When it had its last reading, as it says, on the monotonic clock. */
  readonly saidAt: number | undefined;
  readonly writer: Asked | undefined;
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
  const { bench, feed, page, saidAt, writer, intervalMs } = sources;
  const { ring, beginning, heardAt } = feed;
  const { last } = ring;
  const figures = page && acquisitionFigures(page);
  const own = figures?.source === bench.source ? figures : undefined;
  const session = sessionNow(own, last, beginning?.session);
  const begun = beginning?.session === session ? beginning : undefined;
  return {
    source: bench.source,
    bench: bench.name,
    model: begun?.device.model ?? own?.model ?? null,
    serial: begun?.device.serial ?? own?.serial ?? null,
    port: own?.port ?? begun?.device.port ?? null,
    profile: begun?.profile ?? own?.profile ?? null,
    session,
    session_started_at: startedAt(session, begun?.started_at, own),
    emulated: begun?.emulated ?? own?.emulated ?? null,
    recording: recordingOf({
      acquisition: acquisitionEvidence(sources, figures),
      source: bench.source,
      consumer: bench.app.writer.consumer,
      silentMs: silence(monotonic, heardAt, own && saidAt),
      intervalMs: intervalMs ?? bench.pollIntervalMs,
      heardSince: heardAt !== undefined && heardAt > (sources.acquisition?.since ?? 0),
    }),
    reasons: [
      ...reasonsOf(page === undefined ? undefined : { state: 'answers', page }),
      ...reasonsOf(writer?.answer),
    ].sort((a, b) => Number(b.level === 'critical') - Number(a.level === 'critical')),
    waiting: own === undefined ? null : waitingFor(own, bench.app.writer.consumer),
    last_reading: last ?? null,
    interval_ms: intervalMs,
  };
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
): HealthPage | undefined {
  const answer = last?.answer;
  if (answer?.state === 'answers') return answer.page;
  const late = answer?.state === 'silent' && answer.why !== 'does not run';
  if (!late || lastPage?.answer.state !== 'answers') return undefined;
  return monotonic - lastPage.at <= PAGE_HOLDS_MS ? lastPage.answer.page : undefined;
}

function acquisitionEvidence(
  { acquisition, page }: MeterSources,
  figures: AcquisitionFigures | undefined,
): Evidence['acquisition'] {
  if (page !== undefined && figures !== undefined)
    return { state: 'answers', figures, reasons: page.reasons };
  const answer = acquisition?.answer;
  return answer === undefined || answer.state === 'answers' ? { state: 'unasked' } : answer;
}

/** The newest of what is heard and what is said. */
function sessionNow(
  own: AcquisitionFigures | undefined,
  last: { readonly session: string } | undefined,
  begun: string | undefined,
): string | null {
  const known = [own?.session, last?.session, begun].filter((name) => typeof name === 'string');
  // Names of sessions sort by the time of their beginning.
  return known.sort().at(-1) ?? null;
}

function startedAt(
  session: string | null,
  begun: string | undefined,
  own: AcquisitionFigures | undefined,
): number | null {
  if (begun !== undefined) return Date.parse(begun);
  return own?.session === session ? own.sessionStartedAt : null;
}

function silence(
  monotonic: number,
  ...readings: readonly (number | undefined)[]
): number | undefined {
  const known = readings.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : monotonic - Math.max(...known);
}

function reasonsOf(answer: Answer | undefined): Reason[] {
  if (answer?.state !== 'answers') return [];
  return answer.page.reasons.map(({ code, level, message }) => ({
    code,
    level,
    message,
    advice: adviceFor(code) ?? 'Look at its log.',
  }));
}
