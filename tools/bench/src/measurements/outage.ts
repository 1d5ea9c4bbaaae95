/**
 * What the meter notices of a death. Writer and acquisition are killed (`kill -9`) under the process manager, by
 * the ecosystem file as it is; the meter's own account says when it was asked. An answer's last byte leaves 11 ms
 * after its poll has begun: that is in the times told.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  compare,
  eventually,
  microsecondsSinceBoot,
  owedTo,
  readHealth,
  type Bench,
  type ProcessState,
} from '@elmetron/rig';
import { BenchError } from '../bench-error.js';
import { ManagedPair } from '../line/managed-pair.js';
import { onALine } from '../line/on-a-line.js';
import { missedPolls, widestGap } from '../line/poll-gaps.js';
import type { Figure, Measurement, MeasurementContext } from '../measurement.js';

const PER_SECOND = 40;
/** The kernel tells a process's start in ticks of 10 ms since boot. */
const TICK_US = 10_000;
/** An answer that was under way when acquisition died. */
const UNDER_WAY_US = 30_000;

interface Outcome {
  readonly missedWriter: number;
  readonly widestWriter: number;
  readonly missedAcquisition: number;
  readonly untilStarted: number;
  readonly untilAnswer: number;
}

export const outage: Measurement = {
  name: 'outage',
  title: `what the meter notices of a kill, at ${PER_SECOND} Hz, process manager included`,
  async measure(context) {
    const outcomes: Outcome[] = [];
    for (let run = 0; run < context.runs; run++) {
      context.progress(run, context.runs, 'kills');
      outcomes.push(await oneOutage(context));
    }
    const figure = (
      name: string,
      title: string,
      unit: string,
      of: (outcome: Outcome) => number,
    ): Figure => ({ name, title, unit, runs: outcomes.map(of) });
    return [
      figure('missed_writer', 'writer killed: polls missed', 'polls', (o) => o.missedWriter),
      figure(
        'widest_writer',
        'writer killed: longest time between two answers',
        's',
        (o) => o.widestWriter,
      ),
      figure(
        'until_answer',
        'acquisition killed: until the meter has answered again',
        's',
        (o) => o.untilAnswer,
      ),
      figure(
        'until_started',
        '… of it until the process manager has started it',
        's',
        (o) => o.untilStarted,
      ),
      figure('from_start', '… and from there', 's', (o) => o.untilAnswer - o.untilStarted),
      figure(
        'missed_acquisition',
        'acquisition killed: polls missed',
        'polls',
        (o) => o.missedAcquisition,
      ),
    ];
  },
};

async function oneOutage(context: MeasurementContext): Promise<Outcome> {
  return await onALine(context, { pollsPerSecond: PER_SECOND }, async (bench) => {
    await bench.startMeter('--numbered');
    const pair = await ManagedPair.start(bench);
    await untilCalm(bench);

    const writerKilledUs = microsecondsSinceBoot();
    await pair.kill('writer');
    await untilCalm(bench);
    const writerBackUs = microsecondsSinceBoot();

    const killedUs = microsecondsSinceBoot();
    const started = await pair.kill('acquisition');
    const fresh = (): Promise<number | undefined> => firstAnswerAfter(bench, killedUs);
    await eventually(
      'the meter to be asked again',
      async () => (await fresh()) !== undefined,
      30_000,
    );
    const answeredUs = (await fresh()) ?? NaN;
    await untilCalm(bench);

    await pair.stop('acquisition');
    await pair.stop('writer');
    await verify(bench);
    const answers = await bench.account();
    const ofWriter = { fromUs: writerKilledUs, toUs: writerBackUs, perSecond: PER_SECOND };
    const ofAcquisition = { fromUs: killedUs, toUs: answeredUs, perSecond: PER_SECOND };
    return {
      missedWriter: missedPolls(answers, ofWriter),
      widestWriter: widestGap(answers, ofWriter).seconds,
      missedAcquisition: missedPolls(answers, ofAcquisition),
      untilStarted: (startOf(started) - killedUs) / 1e6,
      untilAnswer: (answeredUs - killedUs) / 1e6,
    };
  });
}

const startOf = ({ startTime }: ProcessState): number => startTime * TICK_US;

async function firstAnswerAfter(bench: Bench, us: number): Promise<number | undefined> {
  const answers = await bench.account();
  return answers.find(({ whole, bootUs }) => whole && bootUs > us + UNDER_WAY_US)?.bootUs;
}

/** Readings come, the writer is there and behind by next to nothing; and so it stays for a second. */
async function untilCalm(bench: Bench): Promise<void> {
  await eventually(
    'acquisition and writer to be at work',
    async () => {
      const page = await readHealth(bench.ports.acquisition);
      return (
        page?.status === 'ok' && Number(page['readings']) > PER_SECOND / 2 && owedTo(page) < 20
      );
    },
    60_000,
  );
  await delay(1_000);
}

/** A kill of acquisition may cost the frame that was on the wire, and nothing else. */
async function verify(bench: Bench): Promise<void> {
  const { measurements, integrity } = bench.database();
  const { missing, surplus } = compare(await bench.account(), measurements);
  if (integrity !== 'ok' || surplus > 0 || missing > 1) {
    throw new BenchError(
      'not_verified',
      `After the kills ${missing} frames are missing and ${surplus} too many in the database (${integrity}).`,
    );
  }
}
