/** Rows for the formats, with whatever a meter or a person may have put into them. */
import type { ExportRow } from '../export/export-row.js';

export interface Oddities {
  readonly serial?: string;
  readonly unit?: string;
  readonly value?: number | null;
  readonly seq?: number;
  readonly capturedMs?: number;
}

export function madeRow(odd: Oddities = {}): ExportRow {
  const capturedMs = odd.capturedMs ?? Date.UTC(2026, 2, 1, 8, 0, 0, 123);
  const value = odd.value === undefined ? -1.138 : odd.value;
  return {
    session: {
      session_uid: '0199aaaa-0000-7000-8000-000000000001',
      source: 'bench-1',
      model: 'CX-505',
      serial: odd.serial ?? '00308/25',
      profile: 'cx505',
      started_at: '2026-03-01T08:00:00.000Z',
      ended_at: null,
      end_reason: null,
      measurement_count: 1,
      recovered_count: 0,
      last_seq: 1,
    },
    emulated: false,
    capturedMs,
    reading: {
      seq: odd.seq ?? 1,
      captured_at: new Date(capturedMs).toISOString(),
      elapsed_ms: 1500,
      device_time: null,
      value,
      unit: odd.unit ?? 'µS/cm',
      temperature: 21.5,
      temperature_unit: '°C',
      raw_frame: Buffer.from([1, 0x23, 0xb5, 3]),
      recovered: 1,
    },
  };
}

/** Takes bytes and keeps them. */
export function keptBytes() {
  const pieces: Buffer[] = [];
  return {
    sink: (bytes: Uint8Array) => {
      // A copy: whoever gave them may go on writing into the same memory.
      pieces.push(Buffer.from(bytes));
      return Promise.resolve();
    },
    all: () => Buffer.concat(pieces),
  };
}
