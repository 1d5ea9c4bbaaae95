/**
 * Whether a meter is being recorded, and why not: the one question that the page must never answer wrong. Acquisition
 * alone knows whether readings come, whether they are kept, and whether the writer confirms them; where it does not
 * say, what comes over the live feed tells at least that it lives.
 */
import type { HealthReason } from '@elmetron/runtime';
import type { Meter } from '../api/live.js';
import type { AcquisitionFigures } from './figures.js';

export type Recording = Meter['recording'];

/** What is known at this moment. */
export interface Evidence {
  /** `answers`: not older than a few seconds. */
  readonly acquisition:
    | {
        readonly state: 'answers';
        readonly figures: AcquisitionFigures;
        readonly reasons: readonly Reason[];
        /** Since it said so. */
        readonly ageMs: number;
      }
    | { readonly state: 'off' | 'unasked' }
    | { readonly state: 'silent' | 'foreign'; readonly why: string };
  readonly source: string;
  /** Who has to confirm, by the bench's own configuration. */
  readonly consumer: string;
  /** Since a reading came, by feed or by health, in ms; undefined: none has. */
  readonly silentMs: number | undefined;
  /** The usual distance of two readings, in ms. */
  readonly intervalMs: number;
  /** A reading was heard since acquisition answers, or does not, as it does now. */
  readonly heardSince: boolean;
}

type Reason = Pick<HealthReason, 'message'> & { readonly code: string };

/** So many missing readings are no coincidence; and no shorter than a second look at health takes. */
const MISSING_READINGS = 4;
const LEAST_SILENCE_MS = 2_500;
/** It is asked once a second. */
const OVERDUE_MS = 1_500;
/** Records that are on their way to a writer at work, at least, and for how many seconds of readings. */
const ON_THEIR_WAY = 5;
const ON_THEIR_WAY_S = 3;

export function recordingOf(evidence: Evidence): Recording {
  const { acquisition } = evidence;
  switch (acquisition.state) {
    case 'answers':
      return byAcquisition(evidence, acquisition);
    case 'unasked':
      return unknown('Acquisition is being asked.');
    case 'off':
      return readingsCome(evidence)
        ? unknown(
            'Readings come; whether they are stored is not known: the health page of acquisition is switched off ([monitoring]).',
          )
        : unknown(
            'Not known: the health page of acquisition is switched off ([monitoring]), and no readings come over its live feed.',
          );
    case 'foreign':
    case 'silent':
      return withoutAnswer(evidence, acquisition);
  }
}

function withoutAnswer(
  evidence: Evidence,
  { state, why }: Extract<Evidence['acquisition'], { readonly why: string }>,
): Recording {
  // What was heard before it had gone says nothing of now.
  if (readingsCome(evidence) && (why !== 'does not run' || evidence.heardSince)) {
    return unknown(
      'Readings come; whether they are stored is not known: acquisition does not answer.',
    );
  }
  return not(
    state === 'silent'
      ? `Acquisition ${why}.`
      : `Acquisition does not answer, and in its place ${why}.`,
  );
}

function byAcquisition(
  evidence: Evidence,
  { figures, reasons, ageMs }: Extract<Evidence['acquisition'], { state: 'answers' }>,
): Recording {
  if (figures.source !== evidence.source) {
    return unknown(
      `Not known: the acquisition of ${figures.source ?? 'another meter'} answers in the place of ${evidence.source}'s.`,
    );
  }
  const lost = messageOf(reasons, 'spool_full') ?? messageOf(reasons, 'spool_unwritable');
  if (lost !== undefined) return not(`Readings are being lost: ${lost}`);
  if (!figures.linkOpen)
    return not(messageOf(reasons, 'link_down') ?? 'The meter is not connected.');
  if (!readingsCome(evidence)) {
    // What it said it said before they stopped.
    if (ageMs > OVERDUE_MS) return not('No readings come, and acquisition does not answer.');
    return not(
      messageOf(reasons, 'meter_silent') ??
        (evidence.silentMs === undefined
          ? 'The meter has not answered yet.'
          : 'The meter does not answer any more.'),
    );
  }
  return byConsumers(evidence, figures, reasons);
}

/** Readings come and are kept: does the writer take them? */
function byConsumers(
  { consumer }: Evidence,
  figures: AcquisitionFigures,
  reasons: readonly Reason[],
): Recording {
  const { connected, unacknowledged } = figures;
  const names = unacknowledged.has(consumer) ? [consumer] : [...unacknowledged.keys()];
  const waiting = waitingFor(figures, consumer);
  if (waiting === null)
    return unknown('Readings come; acquisition does not say who has to store them.');
  const keptSafe = `${count(waiting)} kept safely by acquisition`;
  if (names.some((name) => connected.get(name) !== true))
    return kept(`The writer is away: readings are not in the database yet, ${keptSafe}.`);
  if (names.some((name) => stalled(reasons, name)))
    return kept(`The writer takes nothing: readings are not in the database yet, ${keptSafe}.`);
  if (waiting > Math.max(ON_THEIR_WAY, ON_THEIR_WAY_S * figures.readingsPerSecond))
    return kept(`The writer has not confirmed them all yet: ${keptSafe}.`);
  return { state: 'recording', message: 'Readings come and are stored.' };
}

/** Records that wait for the writer, or for the slowest of several; null: nobody has to confirm. */
export function waitingFor(
  { unacknowledged }: Pick<AcquisitionFigures, 'unacknowledged'>,
  consumer: string,
): number | null {
  const own = unacknowledged.get(consumer);
  if (own !== undefined) return own;
  return unacknowledged.size === 0 ? null : Math.max(...unacknowledged.values());
}

function readingsCome({ silentMs, intervalMs }: Evidence): boolean {
  if (silentMs === undefined) return false;
  return silentMs <= Math.max(LEAST_SILENCE_MS, MISSING_READINGS * intervalMs);
}

function stalled(reasons: readonly Reason[], consumer: string): boolean {
  return reasons.some(
    (reason) =>
      reason.code === 'consumer_stalled' && 'about' in reason && reason.about === consumer,
  );
}

function messageOf(reasons: readonly Reason[], code: string): string | undefined {
  return reasons.find((reason) => reason.code === code)?.message;
}

function count(waiting: number): string {
  return waiting === 1 ? '1 record is' : `${waiting} records are`;
}

const kept = (message: string): Recording => ({ state: 'kept', message });
const not = (message: string): Recording => ({ state: 'not_recording', message });
const unknown = (message: string): Recording => ({ state: 'unknown', message });
