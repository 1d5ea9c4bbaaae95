/** What an alarm says when it is entered and left: to the session, to the health page, to the hook. */
import { utc, type SessionEvent } from '../session/session.js';
import type { NoReadingAlarm, NothingRead, ReadAgain } from './no-reading-alarm.js';
import type { ValueRule } from './rule.js';
import type { Entered, Left, LeftBecause } from './value-alarm.js';

const PASSED = { high: 'above', low: 'below', unstable: 'unstable: spread above' } as const;

const FARTHEST = { high: 'highest', low: 'lowest', unstable: 'widest' } as const;

const OVER: Readonly<Record<LeftBecause, string>> = {
  back: '',
  other_unit: ': the meter shows another unit',
  session_ended: ': the session has ended',
  configuration: ': the limits in the configuration are others now',
};

export function limitPassed(rule: ValueRule, { value, since, at }: Entered): SessionEvent {
  const { kind, unit, limit } = rule;
  return {
    ofState: true,
    level: 'warning',
    category: 'alarm',
    message: `${unit} ${PASSED[kind]} ${limit}${within(rule)} for ${seconds(at.monotonic - since.monotonic)}: ${value}`,
    payload: {
      what: 'entered',
      alarm: kind,
      unit,
      limit,
      value,
      ...(kind === 'unstable' ? { within_s: rule.windowMs / 1000 } : {}),
      since: utc(since.at),
    },
  };
}

export function limitKept(rule: ValueRule, { why, from, at, extreme }: Left): SessionEvent {
  const { kind, unit, limit } = rule;
  const ms = Math.round(at.monotonic - from.monotonic);
  return {
    ofState: true,
    level: 'info',
    category: 'alarm',
    message: `${unit} ${PASSED[kind]} ${limit}${within(rule)} is over after ${seconds(ms)}, ${FARTHEST[kind]} ${extreme}${OVER[why]}`,
    payload: {
      what: 'left',
      alarm: kind,
      unit,
      limit,
      extreme,
      from: utc(from.at),
      to: utc(at.at),
      ms,
      why,
    },
  };
}

export function nothingRead({ afterMs }: NoReadingAlarm, { since, at }: NothingRead): SessionEvent {
  return {
    ofState: true,
    level: 'warning',
    category: 'alarm',
    message: `no reading with a value for ${seconds(at.monotonic - since.monotonic)}`,
    payload: {
      what: 'entered',
      alarm: 'no_reading',
      limit_s: afterMs / 1000,
      since: utc(since.at),
    },
  };
}

export function readAgain({ afterMs }: NoReadingAlarm, { why, from, at }: ReadAgain): SessionEvent {
  const ms = Math.round(at.monotonic - from.monotonic);
  const message =
    why === 'back'
      ? `readings come again, ${seconds(ms)} after the alarm`
      : `no reading with a value: no alarm any more${OVER[why]}`;
  return {
    ofState: true,
    level: 'info',
    category: 'alarm',
    message,
    payload: {
      what: 'left',
      alarm: 'no_reading',
      limit_s: afterMs / 1000,
      from: utc(from.at),
      to: utc(at.at),
      ms,
      why,
    },
  };
}

function within({ kind, windowMs }: ValueRule): string {
  return kind === 'unstable' ? ` within ${seconds(windowMs)}` : '';
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
