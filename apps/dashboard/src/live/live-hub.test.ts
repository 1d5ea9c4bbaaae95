import type { SessionRecord } from '@elmetron/protocol';
import { silentLog } from '@elmetron/protocol';
import { beforeEach, expect, it } from 'vitest';
import type { LiveReading, Mark } from '../api/readings.js';
import {
  auditEvent,
  LATER_SESSION,
  measurement,
  sessionEnd,
  sessionStart,
} from '../testing/made-records.js';
import { BEGAN } from '../testing/owned-clock.js';
import { LiveHub } from './live-hub.js';

let readings: LiveReading[];
let marks: Mark[];
let changed: string[];
let warnings: string[];
let hub: LiveHub;
beforeEach(() => {
  readings = [];
  marks = [];
  changed = [];
  warnings = [];
  hub = new LiveHub({
    sources: ['bench-1', 'bench-2'],
    monotonic: () => 42,
    reading: (reading) => readings.push(reading),
    mark: (mark) => marks.push(mark),
    changed: (source) => changed.push(source),
    log: { ...silentLog, warn: (_, message) => warnings.push(message) },
  });
});

const hear = (record: SessionRecord, source = 'bench-1', at = source) => {
  hub.take(at, { source, record });
};

it('a measurement is a reading as it was displayed', () => {
  hear(measurement(7));
  expect(readings).toEqual([
    {
      source: 'bench-1',
      session: measurement(7).session,
      seq: 7,
      at: BEGAN + 7_000,
      elapsed_ms: 7_000,
      value: 0.07,
      unit: 'pH',
      temperature: 25,
      temperature_unit: '°C',
    },
  ]);
  expect(hub.source('bench-1')).toMatchObject({ heardAt: 42, ring: { last: { seq: 7 } } });
  expect(hub.source('bench-2')).toMatchObject({ heardAt: undefined });
});

it('one that comes again is told once', () => {
  hear(measurement(7));
  hear(measurement(7));
  hear(measurement(6));
  expect(readings).toHaveLength(1);
});

it('a session begins and ends', () => {
  hear(sessionStart());
  expect(hub.source('bench-1')?.beginning?.device.serial).toBe('00308/25');
  hear(sessionEnd());
  expect(changed).toEqual(['bench-1', 'bench-1']);
});

it('events are marks, and none goes on beyond its session', () => {
  hear(sessionStart());
  hear(auditEvent(BEGAN, 'link', { what: 'lost' }));
  hear(sessionStart(LATER_SESSION));
  const from = new Date(BEGAN + 5).toISOString();
  hear(auditEvent(BEGAN + 9, 'link', { what: 'back', from, to: from }));
  expect(marks.map(({ kind, at, until }) => [kind, at, until])).toEqual([
    ['gap', BEGAN, null],
    ['gap', BEGAN + 5, BEGAN + 5],
  ]);
});

it('what another acquisition publishes there is not shown, and said once', () => {
  for (let i = 0; i < 3; i += 1) {
    hear(measurement(1 + i), 'bench-9', 'bench-1');
    hear(measurement(1 + i), 'bench-2', 'bench-1');
  }
  expect(readings).toEqual([]);
  expect(warnings).toHaveLength(2);
  for (let i = 0; i < 100; i += 1) hear(measurement(1), `made-up-${i}`, 'bench-1');
  expect(warnings.length).toBeLessThanOrEqual(20);
});
