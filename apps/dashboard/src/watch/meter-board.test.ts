import { silentLog } from '@elmetron/protocol';
import type { Answer } from '@elmetron/report';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Meter } from '../api/live.js';
import { benchesOf } from '../benches/bench.js';
import { LiveHub } from '../live/live-hub.js';
import { madeConfig } from '../testing/made-config.js';
import {
  acquisitionPage,
  answers,
  GONE,
  LATE,
  writerPage,
  type MadeReason,
} from '../testing/made-health.js';
import {
  LATER_SESSION,
  measurement,
  SESSION,
  sessionEnd,
  sessionStart,
} from '../testing/made-records.js';
import { BEGAN, OwnedClock } from '../testing/owned-clock.js';
import type { Asked } from './health-watch.js';
import { Identities, type Identity } from './identities.js';
import { MeterBoard } from './meter-board.js';

const [ACQUISITION, WRITER] = [8051, 8052];

let clock: OwnedClock;
let hub: LiveHub;
let asked: Map<number, Asked>;
let pages: Map<number, Asked>;
let board: MeterBoard;
let told: (readonly Meter[])[];
/** By session, what the database has; of null, the last one. */
let stored: Map<string | null, Identity>;

beforeEach(() => {
  clock = new OwnedClock();
  clock.pass(1_000_000);
  told = [];
  asked = new Map();
  pages = new Map();
  hub = new LiveHub({
    sources: ['bench-1'],
    monotonic: () => clock.monotonic(),
    reading: () => undefined,
    mark: () => undefined,
    changed: () => undefined,
    log: silentLog,
  });
  stored = new Map();
  board = new MeterBoard({
    benches: benchesOf(madeConfig()),
    hub,
    identities: new Identities({
      stored: async (_, session) => stored.get(session),
      monotonic: () => clock.monotonic(),
      changed: () => board.look(),
      log: silentLog,
    }),
    health: { of: (port) => asked.get(port), lastPage: (port) => pages.get(port) },
    clock,
    changed: (meters) => told.push(meters),
  });
});

function answer(port: number, of: Answer): void {
  const before = asked.get(port);
  const at = clock.monotonic();
  const since = before?.answer.state === of.state ? before.since : at;
  asked.set(port, { answer: of, at, since });
  if (of.state === 'answers') pages.set(port, { answer: of, at, since });
}

const now = () => new Date(clock.now()).toISOString();
const well = (of: Readonly<Record<string, unknown>> = {}, reasons: readonly MadeReason[] = []) => {
  answer(ACQUISITION, answers(acquisitionPage({ last_reading_at: now(), ...of }, reasons)));
};
const hear = (seq: number, session = SESSION) => {
  hub.take('bench-1', { source: 'bench-1', record: measurement(seq, session) });
};
const meter = (): Meter => board.meters[0]!;
const state = () => meter().recording.state;

describe('a meter', () => {
  it('is what its session says, else what acquisition says, else unknown', () => {
    expect(meter()).toMatchObject({ model: null, emulated: null, session: null, waiting: null });
    well({ session: SESSION, session_started_at: new Date(BEGAN).toISOString() });
    expect(meter()).toMatchObject({
      bench: 'app',
      model: 'CX-505',
      serial: '00308/25',
      emulated: false,
      session: SESSION,
      session_started_at: BEGAN,
      waiting: 0,
    });
    const started_at = new Date(BEGAN + 5).toISOString();
    const device = { model: 'CX-701', serial: 'EMU1', port: 'x' };
    const record = sessionStart(LATER_SESSION, { started_at, device, emulated: true });
    hub.take('bench-1', { source: 'bench-1', record });
    expect(meter()).toMatchObject({
      model: 'CX-701',
      serial: 'EMU1',
      emulated: true,
      session: LATER_SESSION,
      session_started_at: BEGAN + 5,
    });
  });

  it('has the last reading that was heard, and how far apart they are', () => {
    for (const seq of [1, 2, 3]) hear(seq);
    expect(meter()).toMatchObject({ last_reading: { seq: 3, value: 0.03 }, interval_ms: 1000 });
  });

  it('has what acquisition and writer say, the worst first, each with what to do', () => {
    well({}, [{ code: 'line_noisy' }]);
    answer(WRITER, answers(writerPage([{ code: 'database_unwritable' }])));
    expect(meter().reasons).toMatchObject(
      [
        { code: 'database_unwritable', level: 'critical', advice: /^Make room/ },
        { code: 'line_noisy', level: 'degraded', advice: /^Check the cable/ },
      ].map((reason) => ({ ...reason, advice: expect.stringMatching(reason.advice) })),
    );
  });

  it('of another acquisition at its port is not taken for it', () => {
    well({ source: 'bench-9', session: SESSION });
    expect(meter()).toMatchObject({ model: null, session: null, waiting: null });
    expect(state()).toBe('unknown');
  });
});

describe('the session', () => {
  it('is the one that was heard of last, whatever its name: a clock may have been set back', () => {
    const first = { ...sessionStart(LATER_SESSION), emulated: true };
    hub.take('bench-1', { source: 'bench-1', record: first });
    hear(1, LATER_SESSION);
    clock.pass(1_000);
    hub.take('bench-1', { source: 'bench-1', record: sessionStart(SESSION) });
    expect(meter()).toMatchObject({ session: SESSION, emulated: false });
    hear(1, SESSION);
    expect(meter()).toMatchObject({ session: SESSION, emulated: false, last_reading: { seq: 1 } });
  });

  it('is what acquisition says, when it said so later', () => {
    hear(1);
    clock.pass(10);
    well({ session: LATER_SESSION });
    expect(meter().session).toBe(LATER_SESSION);
    clock.pass(10);
    hear(2);
    expect(meter().session).toBe(SESSION);
    clock.pass(10);
    well({ session: null });
    expect(meter().session).toBeNull();
  });

  it('is none when its end was heard', () => {
    hear(1);
    expect(meter().session).toBe(SESSION);
    hub.take('bench-1', { source: 'bench-1', record: sessionEnd() });
    expect(meter().session).toBeNull();
  });
});

describe('which meter it is', () => {
  const emulated = { model: 'CX-505', serial: 'EMU1', port: null, profile: 'cx505' } as const;
  const soon = () => new Promise(setImmediate);

  it('is not forgotten when acquisition has gone', () => {
    well({ session: SESSION, meter_serial: 'EMU1', emulated: true });
    hear(1);
    expect(meter()).toMatchObject({ emulated: true, serial: 'EMU1' });
    answer(ACQUISITION, GONE);
    clock.pass(60_000);
    expect(meter()).toMatchObject({
      emulated: true,
      serial: 'EMU1',
      last_reading: { seq: 1 },
      recording: { state: 'not_recording' },
    });
    // Silent, too.
    answer(ACQUISITION, LATE);
    expect(meter().emulated).toBe(true);
  });

  it('is asked of the database when nobody has said it', async () => {
    stored.set(SESSION, { ...emulated, session: SESSION, startedAt: BEGAN, emulated: true });
    answer(ACQUISITION, { state: 'off' });
    hear(1);
    expect(meter().emulated).toBeNull();
    await soon();
    expect(meter()).toMatchObject({ emulated: true, session_started_at: BEGAN });
    expect(told.at(-1)?.[0]?.emulated).toBe(true);
  });

  it('without a session that goes on is that of the last one', async () => {
    stored.set(null, { ...emulated, session: SESSION, startedAt: BEGAN, emulated: true });
    answer(ACQUISITION, GONE);
    board.look();
    await soon();
    expect(meter()).toMatchObject({ emulated: true, session: null, session_started_at: null });
    // A new meter has come: nothing of the last one is said of it.
    hear(1, LATER_SESSION);
    expect(meter()).toMatchObject({ emulated: null, serial: null, session: LATER_SESSION });
    well({ session: LATER_SESSION });
    expect(meter()).toMatchObject({ emulated: false, serial: '00308/25' });
  });

  it('what the database says late is not taken for the latest', async () => {
    stored.set(SESSION, { ...emulated, session: SESSION, startedAt: BEGAN, emulated: true });
    answer(ACQUISITION, { state: 'off' });
    hear(1);
    board.look();
    const start = { ...sessionStart(LATER_SESSION), emulated: false };
    hub.take('bench-1', { source: 'bench-1', record: start });
    board.look();
    await soon();
    hub.take('bench-1', { source: 'bench-1', record: sessionEnd(LATER_SESSION) });
    expect(meter()).toMatchObject({ session: null, emulated: false, serial: '00308/25' });
  });

  it('is asked again as long as it is not known, and not all the time', async () => {
    answer(ACQUISITION, { state: 'off' });
    hear(1);
    board.look();
    stored.set(SESSION, { ...emulated, session: SESSION, startedAt: BEGAN, emulated: true });
    clock.pass(2_900);
    board.look();
    await soon();
    expect(meter().emulated).toBeNull();
    clock.pass(200);
    board.look();
    await soon();
    expect(meter().emulated).toBe(true);
  });
});

describe('recording', () => {
  it('begins unknown, and is known with the first answer', () => {
    expect(state()).toBe('unknown');
    well();
    expect(state()).toBe('recording');
  });

  it('ends with the passing of time when no reading comes', () => {
    well();
    hear(1);
    hear(2);
    clock.pass(3_900);
    well({ last_reading_at: new Date(clock.now() - 3_900).toISOString() });
    expect(state()).toBe('recording');
    clock.pass(200);
    expect(meter().recording).toMatchObject({
      state: 'not_recording',
      message: expect.stringContaining('The meter'),
    });
    hear(3);
    expect(state()).toBe('recording');
  });

  it('is known by health alone when the live feed is down', () => {
    for (let i = 0; i < 20; i += 1) {
      well();
      expect(state()).toBe('recording');
      clock.pass(1_000);
    }
  });

  it('a clock that is set back does not make a silent meter look alive', () => {
    well();
    const last = now();
    board.look();
    clock.now = () => BEGAN - 3_600_000;
    for (let i = 0; i < 6; i += 1) {
      clock.pass(1_000);
      well({ last_reading_at: last });
    }
    expect(state()).toBe('not_recording');
    well({ last_reading_at: new Date(BEGAN - 3_600_000).toISOString() });
    expect(state()).toBe('recording');
  });

  it('one late answer changes nothing, a dead acquisition at once', () => {
    well();
    hear(1);
    clock.pass(1_000);
    hear(2);
    answer(ACQUISITION, LATE);
    expect(state()).toBe('recording');
    clock.pass(100);
    answer(ACQUISITION, GONE);
    expect(state()).toBe('not_recording');
    // It lives after all: only its page has gone.
    hear(3);
    expect(state()).toBe('unknown');
  });

  it('an acquisition that is held up is blamed, and not the meter, also before its answer is late', () => {
    hear(1);
    hear(2);
    well();
    clock.pass(4_100);
    expect(meter().recording).toEqual({
      state: 'not_recording',
      message: expect.stringContaining('acquisition does not answer'),
    });
  });

  it('an acquisition that is held up is known to be after some seconds', () => {
    well();
    for (let i = 0; i < 5; i += 1) {
      clock.pass(1_000);
      answer(ACQUISITION, LATE);
    }
    expect(meter().recording).toEqual({
      state: 'not_recording',
      message: expect.stringContaining('did not answer'),
    });
  });
});

describe('what is told', () => {
  it('is what a person would see of it, once', () => {
    board.look();
    board.look();
    expect(told).toHaveLength(1);
    well();
    board.look();
    expect(told).toHaveLength(2);
    clock.pass(500);
    board.look();
    expect(told).toHaveLength(2);
    clock.pass(10_000);
    board.look();
    expect(told.at(-1)?.[0]?.recording.state).toBe('not_recording');
  });

  it('a reading alone is none of it, nor a distance that wavers', () => {
    for (const seq of [1, 2, 3]) hear(seq);
    board.look();
    const before = told.length;
    hub.take('bench-1', {
      source: 'bench-1',
      record: { ...measurement(4), elapsed_ms: 4_100 },
    });
    board.look();
    expect(told).toHaveLength(before);
    expect(meter().interval_ms).toBe(1000);
  });

  it('is looked at by itself', async () => {
    board.start();
    try {
      await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1);
    } finally {
      board.stop();
    }
  });
});
