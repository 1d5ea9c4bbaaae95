/** Health pages as acquisition and writer give them. */
import type { Answer, HealthPage } from '@elmetron/report';
import type { StateCode } from '@elmetron/runtime';
import { STATES } from '@elmetron/runtime';
import { BEGAN } from './owned-clock.js';

export interface MadeReason {
  readonly code: StateCode;
  readonly about?: string;
}

/** Of an acquisition at work, unless `of` says otherwise. */
export function acquisitionPage(
  of: Readonly<Record<string, unknown>> = {},
  reasons: readonly MadeReason[] = [],
): HealthPage {
  return {
    source: 'bench-1',
    link: 'open',
    port: '/dev/ttyUSB0',
    profile: 'cx505',
    meter_model: 'CX-505',
    meter_serial: '00308/25',
    session: null,
    session_started_at: null,
    emulated: false,
    last_reading_at: new Date(BEGAN).toISOString(),
    readings_per_second: 1,
    unacknowledged: { writer: 0 },
    consumers: [{ consumer: 'writer', connected: true }],
    ...of,
    ...said(reasons),
  };
}

export function writerPage(reasons: readonly MadeReason[] = []): HealthPage {
  return { buffer: { last_sync: null }, databases: {}, ...said(reasons) };
}

export const answers = (page: HealthPage): Answer => ({ state: 'answers', page });
export const GONE: Answer = { state: 'silent', why: 'does not run' };
export const LATE: Answer = {
  state: 'silent',
  why: 'did not answer within 2 s: it is held up',
};

function said(reasons: readonly MadeReason[]): Pick<HealthPage, 'status' | 'reasons'> {
  const all = reasons.map((reason) => ({
    ...reason,
    level: STATES[reason.code].level,
    message: `message of ${reason.code}`,
    since: new Date(BEGAN).toISOString(),
  }));
  const critical = all.some(({ level }) => level === 'critical');
  return { status: critical ? 'critical' : all.length > 0 ? 'degraded' : 'ok', reasons: all };
}
