import { describe, expect, test } from 'vitest';
import type { Delivery } from './delivery.js';
import { Intake } from './intake.js';
import { batch, batchOf, endLine, measurementLine, SESSION } from './testing/lines.js';

function open(recordsPerSync = 100) {
  const deliveries: Delivery[] = [];
  const intake = new Intake({
    recordsPerSync,
    deliver: (delivery) => deliveries.push(delivery),
  });
  return { intake, deliveries };
}

describe('Intake', () => {
  test('cuts a batch into deliveries no larger than a sync takes', () => {
    const { intake, deliveries } = open(10);
    intake.take(batch(0, 0), () => undefined);
    deliveries.length = 0;
    intake.take(batch(1, 25), () => undefined);
    expect(deliveries.map(({ records }) => records)).toEqual([10, 10, 5]);
    expect(Buffer.concat(deliveries.map(({ lines }) => lines)).equals(batch(1, 25).bytes)).toBe(
      true,
    );
  });

  test('a damaged line, a line of another session and one with another number are poison, the rest is taken', () => {
    const { intake, deliveries } = open();
    const damaged = Buffer.from(measurementLine(2));
    damaged[30] = (damaged[30] ?? 0) ^ 1;
    const lines = [
      measurementLine(1),
      damaged,
      measurementLine(3, '019a0000-0000-7000-8000-000000000009'),
      measurementLine(7),
      measurementLine(5),
    ];
    intake.take(batchOf(1, lines), () => undefined);
    const delivery = deliveries.at(-1);
    expect(delivery?.poison.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect(delivery?.records).toBe(2);
    expect(delivery?.entry.last, 'poison is acknowledged with the rest').toBe(5);
  });

  test('says which delivery is the last of its session', () => {
    const { intake, deliveries } = open();
    intake.take(batch(0, 2), () => undefined);
    intake.take(batchOf(3, [measurementLine(3), endLine(4)]), () => undefined);
    intake.take(batchOf(5, [endLine(4)]), () => undefined);
    expect(deliveries.map(({ isEnd }) => isEnd)).toEqual([false, true, false]);
  });

  test('a session that is met in its middle brings its start first, once', () => {
    const { intake, deliveries } = open();
    intake.take(batch(13, 14), () => undefined);
    intake.take(batch(15, 15), () => undefined);
    expect(deliveries.map(({ isStart, entry }) => [isStart, entry.last])).toEqual([
      [true, 0],
      [false, 14],
      [false, 15],
    ]);
    expect(deliveries[0]?.lines).toEqual(batch(0, 0).bytes);
  });

  test('a session that is met at its start brings it once', () => {
    const { intake, deliveries } = open();
    intake.take(batch(0, 0), () => undefined);
    intake.take(batch(1, 1), () => undefined);
    expect(deliveries.map(({ isStart }) => isStart)).toEqual([true, false]);
  });

  test('a session whose start line is no record is taken, but not to a buffer', () => {
    const { intake, deliveries } = open();
    intake.take({ ...batch(1, 2), startLine: Buffer.from('{}') }, () => undefined);
    expect(deliveries[0]?.session.startLine).toHaveLength(0);
    expect(deliveries.map(({ isStart }) => isStart)).toEqual([false]);
    expect(intake.sessions.has(SESSION)).toBe(true);
  });
});
