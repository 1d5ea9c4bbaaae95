import { expect, it } from 'vitest';
import { LATER_SESSION, madeReading as reading, SESSION } from '../testing/made-records.js';
import { BEGAN } from '../testing/owned-clock.js';
import { Ring } from './ring.js';

function filled(count: number, bounds?: ConstructorParameters<typeof Ring>[0]): Ring {
  const ring = new Ring(bounds);
  for (let seq = 1; seq <= count; seq += 1) ring.add(reading(seq));
  return ring;
}

const seqs = (readings: readonly { readonly seq: number }[]) => readings.map(({ seq }) => seq);

it('takes each reading once, in the order of its numbers', () => {
  const ring = filled(3);
  expect(ring.add(reading(3))).toBe(false);
  expect(ring.add(reading(2))).toBe(false);
  expect(ring.add(reading(1, { session: LATER_SESSION }))).toBe(true);
  expect(ring.last?.session).toBe(LATER_SESSION);
  expect(ring.size).toBe(4);
});

it('gives what came after a reading', () => {
  const ring = filled(5);
  ring.add(reading(1, { session: LATER_SESSION }));
  ring.add(reading(2, { session: LATER_SESSION }));
  expect(seqs(ring.after([]))).toEqual([1, 2, 3, 4, 5, 1, 2]);
  expect(seqs(ring.after([{ session: SESSION, seq: 3 }]))).toEqual([4, 5, 1, 2]);
  expect(seqs(ring.after([{ session: SESSION, seq: 9 }]))).toEqual([1, 2]);
  // A session that is not stored at all, whatever the names say of their order.
  expect(seqs(ring.after([{ session: LATER_SESSION, seq: 1 }]))).toEqual([1, 2, 3, 4, 5, 2]);
  expect(ring.after([{ session: '00', seq: 7 }])).toHaveLength(7);
  expect(ring.after([{ session: 'ff', seq: 7 }])).toHaveLength(7);
  // The database may lack the end of a session that is over, and have the next one's beginning.
  const ends = [
    { session: LATER_SESSION, seq: 1 },
    { session: SESSION, seq: 4 },
  ];
  expect(seqs(ring.after(ends))).toEqual([5, 2]);
});

it('lets go of what is too much', () => {
  const ring = filled(1_000, { ms: Infinity, count: 100 });
  expect(ring.size).toBeGreaterThanOrEqual(100);
  expect(ring.size).toBeLessThanOrEqual(125);
  expect(ring.last?.seq).toBe(1_000);
});

it('lets go of what is too old', () => {
  const ring = filled(1_000, { ms: 60_000, count: 10_000 });
  expect(ring.size).toBeGreaterThanOrEqual(61);
  expect(ring.size).toBeLessThanOrEqual(76);
  ring.add(reading(2_000, { at: BEGAN + 10_000_000 }));
  expect(seqs(ring.after([]))).toEqual([2_000]);
});

it('knows how far apart readings are, whatever lies between a few of them', () => {
  expect(filled(1).interval).toBeUndefined();
  const ring = filled(10);
  expect(ring.interval).toBe(1_000);
  // An unplugged cable: an event took the number between.
  ring.add(reading(12, { elapsed_ms: 600_000 }));
  ring.add(reading(13, { elapsed_ms: 601_000 }));
  expect(ring.interval).toBe(1_000);
  const next = new Ring();
  next.add(reading(1));
  next.add(reading(1, { session: LATER_SESSION }));
  expect(next.interval).toBeUndefined();
});
