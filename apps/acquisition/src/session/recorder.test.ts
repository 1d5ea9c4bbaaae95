import { describe, expect, test } from 'vitest';
import { LinkError } from '@elmetron/link';
import { bench, inShort } from '../testing/bench.js';
import { frame } from '../testing/frames.js';
import { profile } from '../testing/profiles.js';

const unplugged = new LinkError('link_lost', 'it is gone');

describe('a session', () => {
  test('begins with the first good frame and numbers what follows without holes', () => {
    const { open, read, recorder, records, time } = bench();
    open();
    expect(records()).toEqual([]);
    const startedAt = new Date(time.now()).toISOString();
    read({ value: '7.01' });
    time.stall(1500);
    read({ value: '7.02' });
    recorder.end('stopped');
    const all = records();
    expect(all.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(new Set(all.map(({ session }) => session)).size).toBe(1);
    expect(all[0]).toMatchObject({
      type: 'session_start',
      started_at: startedAt,
      source: 'bench-1',
      profile: 'cx505',
      device: { model: 'CX-505', serial: 'T/0001', port: '/dev/fake' },
      emulated: false,
      metadata: { operator: 'A. Kowalska' },
    });
    expect(all[2]).toMatchObject({
      type: 'measurement',
      elapsed_ms: 1500,
      raw_frame_hex: frame({ value: '7.02' }).toString('hex'),
      decoded: { value: 7.02 },
    });
    expect(all[3]).toMatchObject({
      type: 'session_end',
      reason: 'stopped',
      measurement_count: 2,
    });
  });

  test('of an emulated meter says so', () => {
    const { open, read, records } = bench();
    open();
    read({ serial: 'EMU00001' });
    expect(records()[0]).toMatchObject({ emulated: true });
  });

  test('nothing is written outside one', async () => {
    const { open, wait, recorder, records } = bench();
    open();
    recorder.discarded({ at: 0, monotonic: 0, bytes: Buffer.from('x'), reason: 'noise' });
    recorder.undecodable({ at: 0, monotonic: 0, bytes: Buffer.from('x'), reason: 'torn' });
    await wait(120);
    expect(recorder.end('stopped')).toBe(true);
    expect(records()).toEqual([]);
  });

  test('another meter ends it and begins another', () => {
    const { open, read, records } = bench();
    open();
    read();
    read({ serial: 'T/0002' });
    read({ serial: 'T/0002' });
    expect(inShort(records())).toEqual([
      'session_start',
      'measurement',
      'session_end: instrument_changed',
      'session_start',
      'measurement',
      'measurement',
    ]);
  });

  test('the same meter by another profile ends it too', () => {
    const { open, read, records } = bench();
    open();
    read();
    open('other');
    read();
    expect(inShort(records())).toContain('session_end: profile_switch');
  });

  test('new metadata are added to the running one', () => {
    const { open, read, recorder, records } = bench();
    open();
    read();
    recorder.describe({ operator: 'A. Kowalska', sample: 7 });
    recorder.describe({ operator: 'A. Kowalska', sample: 7 });
    expect(records().slice(2)).toMatchObject([
      { type: 'metadata_update', metadata: { sample: 7 } },
    ]);
  });
});

describe('a single frame of another serial number', () => {
  const odd = frame({ serial: 'T/0009', value: '4.00' }).toString('hex');

  function running() {
    const parts = bench();
    parts.open();
    parts.read();
    parts.time.stall(1000);
    const at = new Date(parts.time.now()).toISOString();
    parts.read({ serial: 'T/0009', value: '4.00' });
    parts.time.stall(1000);
    return { ...parts, at, since: () => inShort(parts.records()).slice(2) };
  }

  test('is an event with its bytes; the session goes on', () => {
    const { read, records, since, at } = running();
    expect(since()).toEqual([]);
    read();
    expect(since()).toEqual(['frame: odd_serial', 'measurement']);
    expect(records()[2]).toMatchObject({ payload: { at, serial: 'T/0009', frame_hex: odd } });
  });

  test('is the first reading of the next session when the second says the same', () => {
    const { read, records, at } = running();
    read({ serial: 'T/0009' });
    const session = records().filter((one) => one.session !== records()[0]?.session);
    expect(session).toMatchObject([
      { type: 'session_start', started_at: at, device: { serial: 'T/0009' } },
      { type: 'measurement', captured_at: at, elapsed_ms: 0, raw_frame_hex: odd },
      { type: 'measurement', elapsed_ms: 1000 },
    ]);
    expect(records()[2]).toMatchObject({ type: 'session_end', measurement_count: 1 });
  });

  test('waits no longer when the second says yet another', () => {
    const { read, since } = running();
    read({ serial: 'T/0008' });
    expect(since()).toEqual(['frame: odd_serial']);
    read();
    expect(since()).toEqual(['frame: odd_serial', 'frame: odd_serial', 'measurement']);
  });

  test('is not lost at a stop', () => {
    const { recorder, since } = running();
    recorder.end('stopped');
    expect(since()).toEqual(['frame: odd_serial', 'session_end: stopped']);
  });

  test('is not lost at a profile switch', () => {
    const { recorder, since } = running();
    recorder.close('profile_switch');
    expect(since()).toEqual(['frame: odd_serial', 'session_end: profile_switch']);
  });

  test('is not lost with the link, and confirms nothing that comes after it', () => {
    const { open, read, recorder, since } = running();
    recorder.lost(unplugged);
    open();
    read({ serial: 'T/0009' });
    expect(since()).toEqual(['frame: odd_serial', 'link: lost']);
  });

  test('is not lost when the link is made anew without having failed', () => {
    const { open, since } = running();
    open();
    expect(since()).toEqual(['frame: odd_serial']);
  });

  test('does not wait for a meter that has fallen silent', async () => {
    const { wait, since } = running();
    await wait(15);
    expect(since()).toEqual(['frame: odd_serial', 'meter: silent']);
  });

  test('is an answer: a silence ends with it', async () => {
    const { open, read, wait, reasons, records } = bench();
    open();
    read();
    await wait(15);
    expect(reasons()).toEqual(['meter_silent']);
    read({ serial: 'T/0009' });
    expect(reasons()).toEqual([]);
    expect(inShort(records()).slice(-1)).toEqual(['meter: answering']);
  });

  test('has no part in a jump of the clock while it waits', async () => {
    const { time, wait, read, since } = running();
    time.jump(60_000);
    await wait(1);
    read({ serial: 'T/0009' });
    expect(since().filter((what) => what === 'clock: jump')).toHaveLength(1);
  });
});

describe('a lost link', () => {
  test('the same meter coming back continues the session, the gap has its times', async () => {
    const { open, read, recorder, records, time } = bench();
    open();
    read();
    const from = new Date(time.now()).toISOString();
    recorder.lost(unplugged);
    await time.advance(5000);
    open();
    await time.advance(1000);
    read();
    expect(inShort(records())).toEqual([
      'session_start',
      'measurement',
      'link: lost',
      'link: back',
      'measurement',
    ]);
    expect(records()[3]).toMatchObject({
      payload: { from, to: new Date(time.now()).toISOString(), losses: 1 },
    });
  });

  test('another port is said', () => {
    const { open, read, recorder, records } = bench();
    open();
    read();
    recorder.opened('/dev/other', profile());
    read();
    expect(inShort(records()).slice(2)).toEqual(['link: moved', 'measurement']);
    expect(records()[2]).toMatchObject({ payload: { from: '/dev/fake', to: '/dev/other' } });
  });

  test('a link that comes and goes without a reading is one gap', () => {
    const { open, read, recorder, records } = bench();
    open();
    read();
    recorder.lost(unplugged);
    open();
    recorder.lost(unplugged);
    open();
    read();
    expect(inShort(records())).toEqual([
      'session_start',
      'measurement',
      'link: lost',
      'link: back',
      'measurement',
    ]);
    expect(records()[3]).toMatchObject({ payload: { losses: 2 } });
  });

  test('another meter coming back begins a session, the gap stands in it', () => {
    const { open, read, recorder, records } = bench();
    open();
    read();
    recorder.lost(unplugged);
    open();
    read({ serial: 'T/0002' });
    read({ serial: 'T/0002' });
    expect(inShort(records()).slice(2)).toEqual([
      'link: lost',
      'session_end: instrument_changed',
      'session_start',
      'link: back',
      'measurement',
      'measurement',
    ]);
  });
});

describe('a silent meter', () => {
  test('is said once, with from and to', async () => {
    const { open, read, wait, records, reasons, time } = bench();
    open();
    read();
    const from = new Date(time.now()).toISOString();
    await wait(9);
    expect(reasons()).toEqual([]);
    await wait(600);
    expect(reasons()).toEqual(['meter_silent']);
    read();
    expect(reasons()).toEqual([]);
    expect(inShort(records())).toEqual([
      'session_start',
      'measurement',
      'meter: silent',
      'meter: answering',
      'measurement',
    ]);
    expect(records()[2]).toMatchObject({ payload: { from } });
    expect(records()[3]).toMatchObject({
      payload: { from, to: new Date(time.now()).toISOString(), ms: 609_000 },
    });
  });

  test('from the start is a health state and a line in the log, no record', async () => {
    const { open, wait, records, reasons, logged } = bench();
    open();
    await wait(30);
    expect(reasons()).toEqual(['meter_silent']);
    expect(logged.filter((message) => message.includes('silent'))).toHaveLength(1);
    expect(records()).toEqual([]);
  });

  test('a link opened anew in between does not hide it', async () => {
    const { open, wait, reasons } = bench();
    for (let n = 0; n < 4; n++) {
      open();
      await wait(5);
    }
    expect(reasons()).toEqual(['meter_silent']);
  });

  test('without a link there is no silence', async () => {
    const { open, wait, recorder, reasons } = bench();
    open();
    await wait(20);
    recorder.lost(unplugged);
    await wait(60);
    expect(reasons()).toEqual([]);
  });
});

describe('what the line brings besides readings', () => {
  test('noise and failed polls are summed up once a minute, and at the end', async () => {
    const { open, read, recorder, wait, records, polls, time } = bench();
    open();
    const noise = (bytes: string, reason: 'noise' | 'restarted'): void => {
      const arrival = { at: time.now(), monotonic: time.monotonic() };
      recorder.discarded({ ...arrival, bytes: Buffer.from(bytes), reason });
    };
    noise('abc', 'noise');
    read();
    noise('de', 'noise');
    noise('f', 'restarted');
    polls.missed = 2;
    polls.unanswered = 1;
    for (let n = 0; n < 60; n++) {
      read();
      await wait(1);
    }
    const summaries = () => records().filter((r) => r.type === 'audit_event');
    expect(summaries()).toMatchObject([
      {
        category: 'line',
        payload: {
          discarded_bytes: { noise: 5, restarted: 1 },
          discarded_pieces: 3,
          discarded: [
            { reason: 'noise', hex: '616263' },
            { reason: 'noise', hex: '6465' },
            { reason: 'restarted', hex: '66' },
          ],
          polls_unanswered: 1,
          polls_missed: 2,
        },
      },
    ]);
    noise('g'.repeat(100_000), 'noise');
    recorder.end('stopped');
    expect(summaries()).toHaveLength(2);
    expect(summaries()[1]).toMatchObject({
      payload: { discarded_bytes: { noise: 100_000 }, discarded: [{ hex: '67'.repeat(4064) }] },
    });
    expect(inShort(records()).slice(-2)).toEqual(['line: summary', 'session_end: stopped']);
  });

  test('however much noise there is, the summary is a record', () => {
    const { open, read, recorder, records } = bench();
    open();
    read();
    for (let n = 0; n < 100_000; n++) {
      recorder.discarded({ at: n, monotonic: n, bytes: Buffer.from('x'), reason: 'noise' });
    }
    recorder.end('stopped');
    expect(records()[2]).toMatchObject({ payload: { discarded_pieces: 100_000 } });
    expect(JSON.stringify(records()[2]).length).toBeLessThan(16_384);
  });

  test('a frame that is not understood is kept with its bytes; too many are counted', async () => {
    const { open, read, recorder, wait, records } = bench();
    open();
    read();
    const bytes = frame().subarray(1);
    for (let n = 0; n < 70; n++) {
      recorder.undecodable({ at: n, monotonic: n, bytes, reason: 'torn' });
    }
    await wait(60);
    const events = records().filter((r) => r.type === 'audit_event');
    const kept = events.filter(({ category }) => category === 'frame');
    expect(kept).toHaveLength(60);
    expect(kept[0]).toMatchObject({ payload: { frame_hex: bytes.toString('hex') } });
    expect(events.find(({ category }) => category === 'line')).toMatchObject({
      payload: { further_undecodable_frames: 10, last_undecodable_hex: bytes.toString('hex') },
    });
  });

  test('a value that cannot be read is said once, and once when it can be read again', () => {
    const { open, read, records } = bench();
    open();
    read();
    for (let n = 0; n < 5; n++) read({ value: '-----' });
    read();
    read();
    expect(inShort(records())).toEqual([
      'session_start',
      'measurement',
      'value: unreadable',
      ...Array.from({ length: 5 }, () => 'measurement'),
      'value: readable',
      'measurement',
      'measurement',
    ]);
    expect(records()[8]).toMatchObject({ payload: { before: ['value'], readings: 5 } });
  });
});

describe('a clock that jumps', () => {
  test('is said before the first reading with the new time', () => {
    const { open, read, records, time } = bench();
    open();
    read();
    time.stall(1000);
    time.jump(-3_600_000);
    read();
    time.stall(1000);
    read();
    expect(inShort(records())).toEqual([
      'session_start',
      'measurement',
      'clock: jump',
      'measurement',
      'measurement',
    ]);
    expect(records()[2]).toMatchObject({ payload: { ms: -3_600_000 } });
    expect(records()[4]).toMatchObject({ elapsed_ms: 2000 });
  });

  test('is noticed without a reading, too', async () => {
    const { open, read, records, time, wait } = bench();
    open();
    read();
    time.jump(5000);
    await wait(1);
    expect(inShort(records())).toContain('clock: jump');
  });

  test('small corrections are none', () => {
    const { open, read, records, time } = bench();
    open();
    read();
    time.jump(1900);
    read();
    time.jump(-1900);
    read();
    expect(inShort(records())).not.toContain('clock: jump');
  });
});

describe('no room in the spool', () => {
  test('nothing is numbered that is not kept; the gap is an event before the next reading', () => {
    const { open, read, records, spool, time, reasons } = bench();
    open();
    read();
    spool.full = true;
    const from = new Date(time.now()).toISOString();
    for (let n = 0; n < 3; n++) {
      read();
      time.stall(1000);
    }
    expect(reasons()).toEqual(['spool_full']);
    spool.full = false;
    read({ second: 9 });
    const all = records();
    expect(all.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(inShort(all)).toEqual(['session_start', 'measurement', 'spool: gap', 'measurement']);
    expect(all[2]).toMatchObject({
      payload: { from, to: new Date(time.now() - 1000).toISOString(), readings_not_kept: 3 },
    });
    expect(reasons()).toEqual([]);
  });

  test('a disk that fails is another state than one without room', () => {
    const { open, read, spool, reasons } = bench();
    open();
    read();
    spool.readOnly = true;
    read();
    expect(reasons()).toEqual(['spool_unwritable']);
    spool.readOnly = false;
    spool.full = true;
    read();
    expect(reasons()).toEqual(['spool_full']);
    spool.full = false;
    read();
    expect(reasons()).toEqual([]);
  });

  test('that a gap begins is written at once, and once', async () => {
    const { open, read, records, spool, time, wait } = bench();
    spool.maxBytes = 40_000;
    open();
    let from = 0;
    const full = () => records().some((one) => one.type === 'audit_event');
    for (let n = 0; n < 200 && !full(); n++) {
      from = time.now();
      read();
      await wait(1);
    }
    for (let n = 0; n < 10; n++) read();
    await wait(5);
    expect(inShort(records()).slice(-2)).toEqual(['measurement', 'spool: gap_begins']);
    expect(records().at(-1)).toMatchObject({ payload: { from: new Date(from).toISOString() } });
    spool.maxBytes *= 2;
    read();
    expect(inShort(records()).slice(-3)).toEqual([
      'spool: gap_begins',
      'spool: gap',
      'measurement',
    ]);
    expect(records().at(-2)).toMatchObject({ payload: { readings_not_kept: 11 } });
  });

  test('events that were not kept are counted too, and the gap does not wait for a reading', async () => {
    const { open, read, records, spool, wait } = bench();
    open();
    read();
    spool.full = true;
    await wait(15);
    spool.full = false;
    await wait(1);
    expect(inShort(records())).toEqual(['session_start', 'measurement', 'spool: gap']);
    expect(records()[2]).toMatchObject({ payload: { readings_not_kept: 0, events_not_kept: 1 } });
  });

  test('from the start: the session begins when there is room, and says what was before it', () => {
    const { open, read, records, spool } = bench();
    spool.full = true;
    open();
    read();
    read();
    spool.full = false;
    read();
    expect(inShort(records())).toEqual(['session_start', 'spool: gap', 'measurement']);
    expect(records()[1]).toMatchObject({
      payload: { readings_not_kept: 2, events_not_kept: 0, session: null },
    });
  });

  test('trying to end it, however often, counts for nothing', () => {
    const { open, read, records, spool, recorder } = bench();
    open();
    read();
    spool.full = true;
    for (let n = 0; n < 150; n++) expect(recorder.end('stopped')).toBe(false);
    spool.full = false;
    expect(recorder.end('stopped')).toBe(true);
    expect(inShort(records())).toEqual(['session_start', 'measurement', 'session_end: stopped']);
  });

  test('nor among what was lost besides', () => {
    const { open, read, records, spool, recorder } = bench();
    open();
    read();
    spool.full = true;
    read();
    for (let n = 0; n < 150; n++) recorder.end('stopped');
    spool.full = false;
    recorder.end('stopped');
    expect(inShort(records()).slice(-2)).toEqual(['spool: gap', 'session_end: stopped']);
    expect(records().at(-2)).toMatchObject({
      payload: { readings_not_kept: 1, events_not_kept: 0 },
    });
  });

  test('a session that cannot be ended says so; given up, the next one tells of the gap', () => {
    const { open, read, records, spool, recorder } = bench();
    open();
    read();
    spool.full = true;
    expect(recorder.end('stopped')).toBe(false);
    read({ serial: 'T/0002' });
    read({ serial: 'T/0002' });
    spool.full = false;
    read({ serial: 'T/0002' });
    expect(inShort(records())).toEqual([
      'session_start',
      'measurement',
      'session_start',
      'spool: gap',
      'measurement',
    ]);
    // The end of the session before is the event.
    expect(records()[3]).toMatchObject({ payload: { readings_not_kept: 2, events_not_kept: 1 } });
  });

  test('the limit leaves room for the last words', () => {
    const { open, read, records, spool, recorder } = bench();
    spool.maxBytes = 20_000;
    open();
    for (let n = 0; n < 100; n++) read();
    expect(spool.bytes).toBeLessThanOrEqual(16_500);
    expect(recorder.end('stopped')).toBe(true);
    expect(inShort(records()).slice(-3)).toEqual([
      'spool: gap_begins',
      'spool: gap',
      'session_end: stopped',
    ]);
    expect(spool.bytes).toBeLessThanOrEqual(20_000);
    const kept = records().filter(({ type }) => type === 'measurement').length;
    expect(records().at(-1)).toMatchObject({ measurement_count: kept });
    expect(records().at(-2)).toMatchObject({ payload: { readings_not_kept: 100 - kept } });
  });
});
