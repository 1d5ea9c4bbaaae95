/** What the health page of an acquisition says, as far as the dashboard understands it; from outside, so checked. */
import type { HealthPage } from '@elmetron/report';

export interface AcquisitionFigures {
  readonly source: string | null;
  readonly linkOpen: boolean;
  readonly port: string | null;
  readonly profile: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly session: string | null;
  /** ms since 1970. */
  readonly sessionStartedAt: number | null;
  readonly emulated: boolean | null;
  /** ms since 1970. */
  readonly lastReadingAt: number | null;
  readonly readingsPerSecond: number;
  /** By consumer, how many records it has not confirmed. */
  readonly unacknowledged: ReadonlyMap<string, number>;
  /** By consumer, whether it is there. */
  readonly connected: ReadonlyMap<string, boolean>;
}

export function acquisitionFigures(page: HealthPage): AcquisitionFigures {
  const consumers = list(page['consumers']).map(fields);
  return {
    source: text(page['source']),
    linkOpen: page['link'] === 'open',
    port: text(page['port']),
    profile: text(page['profile']),
    model: text(page['meter_model']),
    serial: text(page['meter_serial']),
    session: text(page['session']),
    sessionStartedAt: instant(page['session_started_at']),
    emulated: typeof page['emulated'] === 'boolean' ? page['emulated'] : null,
    lastReadingAt: instant(page['last_reading_at']),
    readingsPerSecond: number(page['readings_per_second']) ?? 0,
    unacknowledged: new Map(
      Object.entries(fields(page['unacknowledged'])).map(([name, n]) => [name, number(n) ?? 0]),
    ),
    connected: new Map(
      consumers.map(({ consumer, connected }) => [text(consumer) ?? '', connected === true]),
    ),
  };
}

export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function instant(value: unknown): number | null {
  const at = Date.parse(text(value) ?? '');
  return Number.isNaN(at) ? null : at;
}
