/** A bench as a laboratory's may be: three meters that measure, a week of sessions, and something to see in each. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { newSessionId, type Metadata } from '@elmetron/protocol';
import { Bench } from '../../bench.js';
import { eventually, PATIENCE_MS } from '../../eventually.js';
import { storeSession, type StoredSession } from '../../load/store-session.js';
import { addMeters } from '../../several-meters.js';
import { ask, post } from '../ask.js';
import { titration } from './titration.js';

const MEASURED_S = 75;
/** Before that. */
const LAST_S = 480;
const UNITS = ['pH', 'mV rel', 'µS/cm'] as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export class DemoBench {
  readonly #bench: Bench;
  readonly #sessions: readonly string[];

  private constructor(bench: Bench, sessions: readonly string[]) {
    this.#bench = bench;
    this.#sessions = sessions;
  }

  static async start(say: (line: string) => void): Promise<DemoBench> {
    const bench = await Bench.open({ profile: { poll_interval_s: 0.5 } });
    try {
      say('storing sessions');
      const sessions = await storeWeek(bench);
      await storeLast(bench);
      say(`measuring for ${MEASURED_S} s`);
      await measure(bench);
      const [first = ''] = sessions;
      await note(bench, first, 'Equivalence point', startOfDay(1) + 8.43 * HOUR_MS);
      return new DemoBench(bench, sessions);
    } catch (error) {
      await bench.close();
      throw error;
    }
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#bench.ports.dashboard}`;
  }

  get views(): readonly { readonly name: string; readonly path: string }[] {
    const [one = '', two = ''] = this.#sessions;
    return [
      { name: 'live', path: '/#/live' },
      { name: 'meter', path: '/#/live/bench-1' },
      { name: 'sessions', path: '/#/sessions' },
      { name: 'session', path: `/#/sessions/${one}` },
      { name: 'compare', path: `/#/compare/${one},${two}` },
      { name: 'system', path: '/#/system' },
    ];
  }

  /** Curves have come and are drawn. */
  async settled(page: Page): Promise<void> {
    await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
    await delay(1_500);
  }

  close(): Promise<void> {
    return this.#bench.close();
  }
}

/** All of it emulated, and marked so: a picture of it must not pass for a measurement. */
async function storeWeek(bench: Bench): Promise<string[]> {
  const sessions: string[] = [];
  for (const [i, minutes] of [45, 60, 30, 90, 20, 45].entries()) {
    const measurements = minutes * 60;
    const startedAt = startOfDay(i + 1) + (8 + i) * HOUR_MS;
    const metadata = { operator: i % 2 === 0 ? 'A. Kowalska' : 'J. Nowak', sample: `S-${120 + i}` };
    sessions.push(
      await store(bench, { startedAt, measurements, odd: titration(measurements, i) }, metadata),
    );
  }
  return sessions;
}

/** What each meter has measured until now: its curve begins at the left. */
async function storeLast(bench: Bench): Promise<void> {
  const startedAt = Date.now() - (LAST_S + 10) * 1000;
  for (const [i, unit] of UNITS.entries()) {
    const source = `bench-${i + 1}`;
    const odd = titration(LAST_S, i, unit);
    await store(bench, { source, startedAt, measurements: LAST_S, odd });
  }
}

async function store(
  bench: Bench,
  of: Pick<StoredSession, 'startedAt' | 'measurements' | 'odd'> & { readonly source?: string },
  metadata: Metadata = {},
): Promise<string> {
  const { source = 'bench-1' } = of;
  const session = newSessionId();
  await storeSession(bench.path('data/demo/elmetron.sqlite'), {
    ...of,
    session,
    source,
    intervalMs: 1_000,
    start: { serial: `EMU0000${source.at(-1) ?? ''}`, emulated: true, metadata },
    ended: true,
  });
  return session;
}

async function measure(bench: Bench): Promise<void> {
  const added = await addMeters(bench, 2);
  const meter = await bench.startMeter('--unit', UNITS[0]);
  await added[0]?.startMeter('--unit', UNITS[1], '--seed', '5');
  await added[1]?.startMeter('--unit', UNITS[2], '--seed', '9');
  const writer = bench.startLauncher();
  bench.startAcquisition();
  for (const each of added) each.startAcquisition();
  bench.startDashboard();
  await eventually(
    'the dashboard to show a reading',
    () =>
      ask(bench.ports.dashboard, { path: '/api/live/history?source=bench-1' }).then(
        ({ text }) => text.includes('"pH"'),
        () => false,
      ),
    PATIENCE_MS,
  );
  await delay((MEASURED_S * 1000) / 3);
  // A gap, and a stretch that recovery has brought back.
  meter.tell('{"command":"unplug"}');
  await writer.kill();
  bench.startLauncher();
  await delay(6_000);
  meter.tell('{"command":"plug"}');
  await delay((MEASURED_S * 1000) / 3);
  await note(bench, openSession(bench), 'Titrant refilled');
  await delay((MEASURED_S * 1000) / 3);
}

/** UTC, so many days ago. */
function startOfDay(daysAgo: number): number {
  return (Math.floor(Date.now() / DAY_MS) - daysAgo) * DAY_MS;
}

function openSession(bench: Bench): string {
  const open = bench.database().sessions.filter(({ ended_at: ended }) => ended === null);
  const session = open.find(({ source }) => source === 'bench-1')?.session_uid;
  if (session === undefined) throw new Error('no session of bench-1 is open in the database');
  return session;
}

/** Somebody writes something. `at`: ms since 1970; now if not said. */
async function note(bench: Bench, session: string, words: string, at?: number): Promise<void> {
  const body = { text: words, author: 'A. Kowalska', ...(at !== undefined && { at }) };
  const path = `/api/sessions/${session}/notes`;
  const { status, text } = await post(bench.ports.dashboard, path, body);
  if (status >= 300) throw new Error(`the note was refused: ${text}`);
}
