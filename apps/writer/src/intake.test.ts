import { describe, expect, test } from 'vitest';
import type { Delivery } from './delivery.js';
import { Intake } from './intake.js';
import { batch, batchOf, measurementLine, SESSION } from './testing/lines.js';

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
    const [delivery] = deliveries;
    expect(delivery?.poison.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect(delivery?.records).toBe(2);
    expect(delivery?.entry.last, 'poison is acknowledged with the rest').toBe(5);
  });

  test('a session whose start line is no record is taken, but not to a buffer', () => {
    const { intake, deliveries } = open();
    intake.take({ ...batch(1, 2), startLine: Buffer.from('{}') }, () => undefined);
    expect(deliveries[0]?.session.startLine).toHaveLength(0);
    expect(intake.sessions.has(SESSION)).toBe(true);
  });
});
