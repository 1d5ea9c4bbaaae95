/**
 * A foreign program that says hello in the writer's name and acknowledges what it does not keep: the
 * source lets these records go, and the honest writer never gets them. Nothing can bring them back;
 * that they are missing is said, once, with their numbers.
 */
import { expect } from 'vitest';
import { ConsumerPeer, eventually, PATIENCE_MS, readHealth } from '@elmetron/rig';
import { Watched } from './health-states.js';
import { deliversAll, measurements, test } from './on-a-bench.js';

/** The second look of a writer comes a minute after its first; a busy machine gets one look more. */
const TOLD_WITHIN_MS = 180_000;

test('numbers that a foreign consumer acknowledged and did not keep are an alarm and an event', async ({
  open,
}) => {
  const bench = await open();
  await bench.startMeter();
  const robbed = bench.startAcquisition();
  await bench.sent(20);
  const thief = new ConsumerPeer(bench.ports.stream);
  await thief.hello('writer', 'foreign');
  const { header } = await thief.heard('batch', 2);
  const session = String(header['session']);
  await thief.sent(session, 12);
  await thief.ack(session, 12);
  await eventually(
    'the records to be let go',
    async () => {
      const page = await readHealth(bench.ports.acquisition);
      return (page?.['stream'] as Record<string, number> | undefined)?.['acks'] === 1;
    },
    PATIENCE_MS,
    () => robbed.tail(),
  );
  thief.close();
  const writer = Watched.writer(bench);
  await measurements(bench, 20);
  // The session ends, and the next life of the acquisition says that it owes nothing of it.
  expect((await robbed.stop()).code).toBe(0);
  const acquisition = bench.startAcquisition();

  const reason = await writer.entered('numbers_missing', TOLD_WITHIN_MS);
  expect(reason).toMatchObject({ level: 'critical' });
  expect(reason.message).toContain(`1–12 of session ${session}`);
  const holes = (): object[] =>
    bench
      .database()
      .events.filter(({ category }) => category === 'hole')
      .map(({ session_uid, level, payload }) => ({
        session_uid,
        level,
        missing: (JSON.parse(payload) as { missing: unknown }).missing,
      }));
  await eventually('the event', () => holes().length > 0, PATIENCE_MS);
  const expected = { session_uid: session, level: 'error', missing: [{ from: 1, to: 12 }] };
  expect(holes()).toEqual([expected]);

  expect((await deliversAll(bench, acquisition)).code).toBe(0);
  expect((await writer.run.stop()).code).toBe(0);
  const told = writer.run
    .log()
    .filter(({ msg }) => String(msg).startsWith('A session that is over'));
  expect(told.map(({ level }) => level)).toEqual([50, 50]);
  const { measurements: rows, sessions, events } = bench.database();
  expect(events.filter(({ category }) => category === 'hole')).toHaveLength(1);
  expect(sessions.map((row) => [row.session_uid === session, row.end_reason])).toEqual([
    [true, 'stopped'],
    [false, 'stopped'],
  ]);
  // Every other number is stored: between the start, the twelve and the end, and of the next session.
  for (const { session_uid, last_seq } of sessions) {
    const numbers = [...rows, ...events].flatMap((row) =>
      row.session_uid === session_uid && row.seq !== null ? row.seq : [],
    );
    const first = session_uid === session ? 13 : 1;
    const all = Array.from({ length: last_seq - first }, (_, i) => first + i);
    expect(numbers.sort((a, b) => a - b)).toEqual(all);
  }
});
