import { describe, expect, test } from 'vitest';
import type { AlarmsConfig, UnitLimits } from '@elmetron/runtime';
import { LinkError } from '@elmetron/link';
import { alarmsConfig, bench } from '../testing/bench.js';

const PH: UnitLimits = { low: 6, high: 8, hysteresis: 0.1, delay_s: 3, unstable_within_s: 60 };

function watched(limits: Partial<AlarmsConfig> = { units: { pH: PH } }) {
  const parts = bench(limits);
  parts.open();
  /** One reading a second. */
  const values = async (...all: readonly string[]): Promise<void> => {
    for (const value of all) {
      parts.read({ value });
      await parts.wait(1);
    }
  };
  const events = () =>
    parts
      .records()
      .flatMap((one) => (one.type === 'audit_event' && one.category === 'alarm' ? [one] : []));
  const inShort = () =>
    events().map(({ payload: { what, alarm } }) => `${alarm as string} ${what as string}`);
  return { ...parts, values, events, inShort };
}

describe('a limit', () => {
  test('passed for long enough is an alarm, once: event, state, notice', async () => {
    const { values, events, inShort, health, told, records, time } = watched();
    const start = time.now();
    await values('7.00', '8.01', '8.20', '8.10', '8.30', '8.40');
    expect(inShort()).toEqual(['high entered']);
    const [event] = events();
    expect(event).toMatchObject({
      level: 'warning',
      message: 'pH above 8 for 3 s: 8.3',
      payload: {
        what: 'entered',
        alarm: 'high',
        unit: 'pH',
        limit: 8,
        value: 8.3,
        since: new Date(start + 1000).toISOString(),
      },
    });
    // Behind the reading that it is about.
    const before = records().find(({ seq }) => seq === (event?.seq ?? 0) - 1);
    expect(before).toMatchObject({ type: 'measurement', decoded: { value: 8.3 } });
    expect(health.reasons).toMatchObject([{ code: 'alarm_high', level: 'degraded', about: 'pH' }]);
    expect(told).toEqual([
      {
        event: 'entered',
        message: 'pH above 8 for 3 s: 8.3',
        at: event?.at,
        source: 'bench-1',
        session: event?.session,
        model: 'CX-505',
        serial: 'T/0001',
        emulated: false,
        alarm: 'high',
        unit: 'pH',
        limit: 8,
        value: 8.3,
        since: new Date(start + 1000).toISOString(),
      },
    ]);
  });

  test('is over when the value has come back by the hysteresis for as long', async () => {
    const { values, events, inShort, reasons, told, time } = watched();
    await values('8.1', '8.5', '8.1', '8.1');
    const entered = time.now() - 1000;
    await values('7.95', '7.95', '7.95', '7.95', '7.95', '7.95');
    expect(reasons()).toEqual(['alarm_high']);
    await values('7.9', '7.8', '7.9', '7.9');
    expect(inShort()).toEqual(['high entered', 'high left']);
    expect(reasons()).toEqual([]);
    expect(told.map(({ event }) => event)).toEqual(['entered', 'left']);
    expect(events()[1]).toMatchObject({
      level: 'info',
      payload: {
        what: 'left',
        alarm: 'high',
        limit: 8,
        extreme: 8.5,
        from: new Date(entered).toISOString(),
        to: new Date(time.now() - 1000).toISOString(),
        ms: 10_000,
        why: 'back',
      },
    });
  });

  test('a value that flickers about it is no alarm, however long', async () => {
    const { values, inShort } = watched();
    for (let n = 0; n < 50; n++) await values('8.1', '8.2', '8.0', '8.1');
    expect(inShort()).toEqual([]);
  });

  test('one that flickers on the way back is one alarm', async () => {
    const { values, inShort } = watched();
    await values('8.1', '8.1', '8.1', '8.1');
    for (let n = 0; n < 50; n++) await values('7.8', '7.8', '8.1', '7.95');
    expect(inShort()).toEqual(['high entered']);
  });

  test('below is one of its own, with the lowest value', async () => {
    const { values, events } = watched();
    await values('5.9', '5.2', '5.9', '5.9', '6.05', '6.1', '6.1', '6.1', '6.1');
    expect(events().map(({ payload }) => payload)).toMatchObject([
      { what: 'entered', alarm: 'low', value: 5.9 },
      { what: 'left', alarm: 'low', extreme: 5.2 },
    ]);
  });

  test('without a delay it takes one reading', async () => {
    const { values, inShort } = watched({ units: { pH: { ...PH, delay_s: 0 } } });
    await values('8.1', '7.9');
    expect(inShort()).toEqual(['high entered', 'high left']);
  });

  test('a value that cannot be read says nothing about it', async () => {
    const { values, inShort } = watched();
    await values('8.1', '-----', '-----', '8.1');
    expect(inShort()).toEqual(['high entered']);
    await values('-----', '-----', '-----', '-----', '-----');
    expect(inShort()).toEqual(['high entered']);
  });
});

describe('a value that does not settle', () => {
  const limits = { hysteresis: 0, delay_s: 0, unstable_spread: 0.5, unstable_within_s: 10 };

  test('is an alarm until its window is quiet', async () => {
    const { values, events } = watched({ units: { pH: limits } });
    await values('7.0', '7.2', '7.5', '7.51');
    await values(...Array<string>(12).fill('7.4'));
    expect(events().map(({ message }) => message)).toEqual([
      'pH unstable: spread above 0.5 within 10 s for 0 s: 0.51',
      'pH unstable: spread above 0.5 within 10 s is over after 8 s, widest 0.51',
    ]);
    expect(events()[0]?.payload).toMatchObject({ within_s: 10, value: 0.51 });
  });

  test('a slow drift is none', async () => {
    const { values, events } = watched({ units: { pH: limits } });
    for (let n = 0; n < 100; n++) await values((5 + n * 0.04).toFixed(2));
    expect(events()).toEqual([]);
  });
});

describe('no reading', () => {
  test('for so long is an alarm, with its times, until one comes', async () => {
    const { values, wait, events, reasons, time } = watched({ no_reading_s: 20 });
    await values('7.0');
    const last = time.now() - 1000;
    await wait(18);
    expect(reasons()).toEqual(['meter_silent']);
    await wait(1);
    expect(reasons()).toContain('alarm_no_reading');
    await values('7.0');
    expect(reasons()).toEqual([]);
    expect(events()).toMatchObject([
      { payload: { alarm: 'no_reading', limit_s: 20, since: new Date(last).toISOString() } },
      { payload: { what: 'left', why: 'back', ms: 0 } },
    ]);
  });

  test('a display without a number is none', async () => {
    const { values, inShort } = watched({ no_reading_s: 5 });
    await values('7.0', '-----', '-----', '-----', '-----', '-----', '-----');
    expect(inShort()).toEqual(['no_reading entered']);
  });

  test('is told also when there has been no meter from the start', async () => {
    const { wait, told, reasons, read } = watched({ no_reading_s: 5 });
    await wait(6);
    expect(reasons()).toEqual(['alarm_no_reading']);
    expect(told).toMatchObject([{ event: 'entered', session: null, serial: null }]);
    read();
    expect(told).toMatchObject([{}, { event: 'left', serial: 'T/0001' }]);
    expect(reasons()).toEqual([]);
  });

  test('0 is off', async () => {
    const { wait, reasons } = watched({});
    await wait(9);
    expect(reasons()).toEqual([]);
  });
});

describe('what else ends an alarm', () => {
  const high = async () => {
    const parts = watched();
    await parts.values('8.1', '8.1', '8.1', '8.1');
    expect(parts.reasons()).toEqual(['alarm_high']);
    return parts;
  };

  test('the end of the session, before it: what was entered in it is left in it', async () => {
    const { recorder, records, reasons } = await high();
    recorder.end('stopped');
    expect(records().slice(-2)).toMatchObject([
      { type: 'audit_event', payload: { what: 'left', why: 'session_ended' } },
      { type: 'session_end' },
    ]);
    expect(reasons()).toEqual([]);
  });

  test('another meter, whose values are its own', async () => {
    const { read, wait, reasons, events } = await high();
    read({ serial: 'T/0002', value: '8.5' });
    read({ serial: 'T/0002', value: '8.5' });
    await wait(1);
    expect(events().at(-1)?.payload).toMatchObject({ what: 'left', why: 'session_ended' });
    expect(reasons()).toEqual([]);
  });

  test('another unit, after the delay; one odd frame does not', async () => {
    const { read, values, wait, inShort, events } = await high();
    read({ unit: 'qH', value: '8.1' });
    await values('8.1', '8.1', '8.1', '8.1', '8.1');
    expect(inShort()).toEqual(['high entered']);
    for (let n = 0; n < 4; n++) {
      read({ unit: 'mV', value: '900' });
      await wait(1);
    }
    expect(events().at(-1)?.payload).toMatchObject({ what: 'left', why: 'other_unit' });
  });

  test('other limits; those that stay as they are keep their alarm', async () => {
    const { alarms, values, inShort, events, reasons } = await high();
    alarms.use(alarmsConfig({ units: { pH: { ...PH, low: 5 } } }));
    expect(inShort()).toEqual(['high entered']);
    alarms.use(alarmsConfig({ units: { pH: { ...PH, high: 9 } } }));
    expect(events().at(-1)?.payload).toMatchObject({ what: 'left', why: 'configuration' });
    expect(reasons()).toEqual([]);
    await values('8.5', '8.5', '8.5', '8.5', '8.5');
    expect(inShort()).toEqual(['high entered', 'high left']);
  });

  test('not a lost link: the session goes on, and the alarm with it', async () => {
    const { recorder, open, values, inShort } = await high();
    recorder.lost(new LinkError('link_lost', 'unplugged'));
    open();
    await values('8.1');
    expect(inShort()).toEqual(['high entered']);
  });
});

test('a unit for which there are no limits is named, once', async () => {
  const { values, logged } = watched({ units: { PH } });
  await values('9', '9', '9');
  expect(logged.filter((line) => line.includes('has no limits'))).toEqual([
    'the meter shows "pH", for which [alarms] has no limits (it has for: "PH")',
  ]);
});

test('the figures say which limits there are, and which are passed', async () => {
  const { values, alarms, time } = watched({ units: { pH: PH }, no_reading_s: 60 });
  await values('8.1', '8.1', '8.1', '8.1');
  const since = new Date(time.now() - 1000).toISOString();
  expect(alarms.figures()).toEqual([
    { alarm: 'high', unit: 'pH', limit: 8, active: true, since },
    { alarm: 'low', unit: 'pH', limit: 6, active: false, since: null },
    { alarm: 'no_reading', unit: null, limit: 60, active: false, since: null },
  ]);
  expect(alarms.entered).toBe(1);
});

test('readings that the spool has no room for are watched all the same', async () => {
  const { values, spool, reasons, told } = watched();
  spool.full = true;
  await values('8.1', '8.1', '8.1', '8.1');
  expect(reasons()).toContain('alarm_high');
  expect(told).toHaveLength(1);
});
