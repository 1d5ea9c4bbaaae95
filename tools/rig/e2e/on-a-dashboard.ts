/** What the tests of the dashboard share: a bench whose processes run, and what the server says. */
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { ask, askJson, eventually, PATIENCE_MS, type Bench, type Run } from '@elmetron/rig';
import { measurements } from './on-a-bench.js';

export function originOf(bench: Bench): string {
  return `http://127.0.0.1:${bench.ports.dashboard}`;
}

/** Starts the dashboard and waits until it answers. */
export async function dashboardRuns(bench: Bench, config?: string): Promise<Run> {
  const run = bench.startDashboard(config);
  await answers(bench, run);
  return run;
}

export interface Pipeline {
  readonly meter: Run;
  readonly writer: Run;
  readonly acquisition: Run;
  readonly dashboard: Run;
}

/** Starts all of it, from the meter to the dashboard, and waits until so many measurements are in the database. */
export async function pipelineRuns(bench: Bench, count: number): Promise<Pipeline> {
  const meter = await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  const dashboard = await dashboardRuns(bench);
  await measurements(bench, count);
  return { meter, writer, acquisition, dashboard };
}

export async function answers(bench: Bench, run: Run): Promise<void> {
  await eventually(
    'the dashboard to answer',
    async () => {
      expect(run.exit, run.tail()).toBeUndefined();
      return await ask(bench.ports.dashboard).then(
        () => true,
        () => false,
      );
    },
    PATIENCE_MS,
    () => run.tail(),
  );
}

/** As `GET /api/live` has them, as far as the tests look. */
export interface LiveReading {
  readonly source: string;
  readonly session: string;
  readonly seq: number;
  readonly at: number;
  readonly value: number | null;
  readonly unit: string;
}

export interface Meter {
  readonly source: string;
  readonly bench: string;
  readonly session: string | null;
  readonly emulated: boolean | null;
  readonly recording: { readonly state: string; readonly message: string };
  readonly reasons: readonly { readonly code: string; readonly advice: string }[];
  readonly waiting: number | null;
}

export interface SessionRow {
  readonly session_uid: string;
  readonly measurement_count: number;
  readonly emulated: boolean;
}

export interface Series {
  readonly unit: string;
  readonly at: readonly number[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[] | null;
}

export interface Curve {
  readonly from: number;
  readonly to: number;
  readonly readings: number;
  readonly bucket_ms: number;
  readonly values: readonly Series[];
}

export async function sessionsOf(bench: Bench, query = ''): Promise<readonly SessionRow[]> {
  const body = await askJson(bench.ports.dashboard, `/api/sessions${query}`);
  return (body as { sessions: SessionRow[] }).sessions;
}

export async function curveOf(bench: Bench, session: string, query = ''): Promise<Curve> {
  const path = `/api/sessions/${encodeURIComponent(session)}/curve${query}`;
  return (await askJson(bench.ports.dashboard, path)) as Curve;
}

/** What people have written, by the journal beside the database. */
export function notesIn(bench: Bench, database = 'data/demo/elmetron.sqlite'): string[] {
  const journal = bench.path(`${database}.notes.jsonl`);
  if (!existsSync(journal)) return [];
  return readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { text: string }).text);
}
