/**
 * Makes records of version 1 from what the predecessor wrote of one session: a `session_start`
 * under a name that tells where it came from, and measurements whose place in the session the
 * store finds (the predecessor did not number them).
 */
import { createHash } from 'node:crypto';
import { encodeRecord, type Metadata, type SessionStart } from '@elmetron/protocol/offline';
import { isEmulatedSerial } from '../emulated.js';
import type { LegacyReading } from './legacy-frame.js';
import type { LegacyStart } from './legacy-line.js';

/** The `source` of every imported session; no acquisition has it, so recovery may end them itself. */
export const LEGACY_SOURCE = 'legacy-import';

const LONGEST_NAME = 100;

/**
 * `legacy-<id>-<started_at>`, with the time as the predecessor wrote it, so that the session is
 * found again in the predecessor's own data and everything imported from there joins it. What a
 * session's name may not hold becomes `T` (the blank before the clock) or `-`.
 */
export function legacySessionName(id: string, startedAt: string): string {
  return `legacy-${id}-${startedAt}`
    .replace(/(?<=\d) (?=\d\d:)/, 'T')
    .replace(/[^0-9A-Za-z.:+-]/g, '-')
    .slice(0, LONGEST_NAME);
}

export interface LegacySessionOptions {
  /** Under which it is in the store already, when that is another than the one made of id and time. */
  readonly name?: string | undefined;
  /** Readings come in the order of their times: those of earlier times need not be remembered. */
  readonly inOrderOfTime?: boolean;
}

export class LegacySession {
  readonly session: string;
  readonly startLine: Buffer;
  readonly emulated: boolean;
  readonly #startedAtMs: number;
  readonly #occurrences = new Map<string, number>();
  readonly #inOrderOfTime: boolean;
  #lastAt = '';

  /**
   * @param origin what the file says of the session, or at least its id when the start is lost
   * @param first when its first reading was taken (UTC with ms): stands for a time that is lost
   * @param reading the first that could be read: the meter's own word for what the start leaves out
   */
  constructor(
    origin: LegacyStart | { readonly id: string },
    first: string | undefined,
    reading: LegacyReading | undefined,
    { name, inOrderOfTime = false }: LegacySessionOptions = {},
  ) {
    this.#inOrderOfTime = inOrderOfTime;
    const start = 'kind' in origin ? origin : undefined;
    const startedAt = start?.startedAtUtc ?? first ?? '1970-01-01T00:00:00.000Z';
    this.session = name ?? legacySessionName(origin.id, start?.startedAt ?? startedAt);
    const serial = start?.device.serial ?? reading?.serial ?? '';
    this.emulated =
      isEmulatedSerial(serial) || (reading !== undefined && isEmulatedSerial(reading.serial));
    this.#startedAtMs = Date.parse(startedAt);
    const record: SessionStart = {
      v: 1,
      type: 'session_start',
      session: this.session,
      seq: 0,
      started_at: startedAt,
      source: LEGACY_SOURCE,
      profile: '',
      device: { model: start?.device.model ?? reading?.model ?? '', serial, port: '' },
      emulated: this.emulated,
      metadata: legacyMetadata(start, serial, reading),
    };
    this.startLine = encodeRecord(record);
  }

  /** A measurement's line; its number is a placeholder, the store gives the next free one. */
  line(capturedAt: string, reading: LegacyReading): Buffer {
    return encodeRecord({
      v: 1,
      type: 'measurement',
      session: this.session,
      seq: 1,
      captured_at: capturedAt,
      // The predecessor had the wall clock only; where it jumped back, nothing had elapsed.
      elapsed_ms: Math.max(0, Date.parse(capturedAt) - this.#startedAtMs),
      raw_frame_hex: reading.frame.toString('hex'),
      decoded: reading.decoded,
    });
  }

  /** The how-manieth, from 1, with this time and these bytes in its file. */
  occurrence(capturedAt: string, bytes: Buffer): number {
    if (this.#inOrderOfTime && capturedAt !== this.#lastAt) this.#occurrences.clear();
    this.#lastAt = capturedAt;
    // A short digest: a file of weeks has a million of them.
    const key = createHash('sha1').update(capturedAt).update(bytes).digest('base64').slice(0, 14);
    const nth = (this.#occurrences.get(key) ?? 0) + 1;
    this.#occurrences.set(key, nth);
    return nth;
  }
}

function legacyMetadata(
  start: LegacyStart | undefined,
  serial: string,
  reading: LegacyReading | undefined,
): Metadata {
  const metadata: Metadata = { ...start?.metadata };
  if (start?.device.description !== undefined)
    metadata['legacy_description'] = start.device.description;
  // The predecessor's serial may be that of the USB adapter; the frames have the meter's.
  if (reading !== undefined && reading.serial !== serial) metadata['meter_serial'] = reading.serial;
  return metadata;
}
