/** What the predecessor wrote: lines without version, number and checksum. */
import { HEADER_BYTES } from '@elmetron/protocol';
import { frame } from './bench.js';

export const LEGACY_STARTED = '2025-09-26T13:24:00.123456+00:00';
export const LEGACY_SESSION = `legacy-14-${LEGACY_STARTED}`;

export function legacyStart(fields: object = {}): Buffer {
  return line({
    type: 'session_start',
    session_id: 14,
    started_at: LEGACY_STARTED,
    device: { serial: '00308/25', description: 'CX-505 USB', model: 'CX-505' },
    metadata: {},
    ...fields,
  });
}

export function legacyMeasurement(capturedAt: string, raw: Buffer | string): Buffer {
  const hex = typeof raw === 'string' ? raw : raw.toString('hex');
  return line({
    type: 'measurement',
    captured_at: capturedAt,
    raw_frame_hex: hex,
    // Whatever the predecessor made of it; of a doubled header it made this.
    decoded: { value: null, unit: 'S/N00308/25' },
  });
}

/** One reading a second from the session's start, each of another value. */
export function legacyMeasurements(from: number, to: number): Buffer[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const second = from + i;
    const capturedAt = new Date(Date.UTC(2025, 8, 26, 13, 24, second)).toISOString();
    return legacyMeasurement(capturedAt, frame((second / 100).toFixed(2)));
  });
}

/** The meter started its answer over: the header stands twice. */
export function doubled(raw: Buffer): Buffer {
  return Buffer.concat([raw.subarray(0, HEADER_BYTES), raw]);
}

function line(fields: object): Buffer {
  return Buffer.from(`${JSON.stringify(fields)}\n`);
}
