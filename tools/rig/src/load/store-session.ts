/** Fills a database with sessions, quickly and by the same way as a writer does: through the store. */
import { encodeFrame, encodeRecord, silentLog, systemClock } from '@elmetron/protocol';
import type { Metadata } from '@elmetron/protocol';
import { openSqliteStore } from '@elmetron/storage';
import { generatedMeasurements, generatedStart, type GeneratedSession } from './generated-lines.js';

export interface OddReading {
  readonly value: number;
  /** Any text; pH unless said. */
  readonly unit?: string;
  /** In °C; 25 unless said. */
  readonly temperature?: number;
}

export interface StoredSession extends GeneratedSession {
  readonly measurements: number;
  /** Single readings, by their number, that differ from all others. */
  readonly odd?: Readonly<Record<number, OddReading>>;
  /** What the start says instead of a real meter's; texts may be anything. */
  readonly start?: {
    readonly model?: string;
    readonly serial?: string;
    readonly profile?: string;
    readonly emulated?: boolean;
    readonly metadata?: Metadata;
  };
  /** Otherwise it stays open. */
  readonly ended?: boolean;
}

const BLOCK_BYTES = 1024 * 1024;

/** Adds a session to a database; makes that where there is none. Nobody may be writing to it. */
export async function storeSession(path: string, of: StoredSession): Promise<void> {
  const store = openSqliteStore({
    path,
    busyTimeoutMs: 5_000,
    clock: systemClock,
    log: silentLog,
  });
  try {
    for (const lines of blocks(of)) await store.commit({ lines, recovered: false });
    await store.checkpoint();
  } finally {
    await store.close();
  }
}

function* blocks(of: StoredSession): Generator<Buffer> {
  const { measurements, odd = {} } = of;
  const line = generatedMeasurements(of);
  let block = `${startLine(of)}\n`;
  for (let seq = 1; seq <= measurements; seq++) {
    const reading = odd[seq];
    block += `${reading === undefined ? line(seq) : oddLine(of, seq, reading)}\n`;
    if (block.length < BLOCK_BYTES) continue;
    yield Buffer.from(block);
    block = '';
  }
  if (of.ended === true) block += `${endLine(of)}\n`;
  if (block !== '') yield Buffer.from(block);
}

function startLine(of: StoredSession): string {
  if (of.start === undefined) return generatedStart(of).toString();
  const { model = 'CX-505', serial = '00042/26', profile = 'cx505' } = of.start;
  const { emulated = false, metadata = {} } = of.start;
  return encodeRecord({
    v: 1,
    type: 'session_start',
    session: of.session,
    seq: 0,
    started_at: at(of, 0),
    source: of.source,
    profile,
    device: { model, serial, port: '/dev/ttyUSB0' },
    emulated,
    metadata,
  }).toString();
}

function oddLine(
  of: StoredSession,
  seq: number,
  { value, unit = 'pH', temperature = 25 }: OddReading,
): string {
  const frame = encodeFrame({
    serial: '00042/26',
    value: value.toFixed(3),
    unit: 'pH',
    temperature: '25.0',
    deviceTime: at(of, seq).slice(0, 19),
    recordNumber: 1,
  });
  return encodeRecord({
    v: 1,
    type: 'measurement',
    session: of.session,
    seq,
    captured_at: at(of, seq),
    elapsed_ms: Math.round(seq * of.intervalMs),
    raw_frame_hex: frame.toString('hex'),
    decoded: {
      value,
      unit,
      temperature,
      temperature_unit: '°C',
      device_time: null,
      record_number: 1,
      status: '0',
      range: '00000',
      mode: '00000',
    },
  }).toString();
}

function endLine(of: StoredSession): string {
  const seq = of.measurements + 1;
  return encodeRecord({
    v: 1,
    type: 'session_end',
    session: of.session,
    seq,
    ended_at: at(of, seq),
    reason: 'stopped',
    measurement_count: of.measurements,
  }).toString();
}

function at({ startedAt, intervalMs }: GeneratedSession, seq: number): string {
  return new Date(startedAt + Math.round(seq * intervalMs)).toISOString();
}
