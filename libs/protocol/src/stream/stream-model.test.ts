/**
 * The two ends of the stream together, under everything that may happen to them. StreamWorld holds
 * the promises: per life of a consumer no line twice and none left out, nothing acknowledged that is
 * not durable, no more in flight than the window, no displaced run back; and when peace returns,
 * everything arrives.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StreamWorld, type Life } from './testing/stream-world.js';

/** One thing that happens, how often, and with which numbers to choose from. */
type Event = (world: StreamWorld, a: number, b: number) => void;

const events: readonly (readonly [weight: number, Event])[] = [
  [6, (world, a) => world.append(a % 20)],
  [8, (world, a) => world.exchange(1 + (a % 7))],
  [6, (world, a, b) => world.exchange(1 + (a % 7), a & b)],
  [4, (world, a) => world.pass([100, 500, 1000][a % 3] ?? 0)],
  [1, (world) => silence(world)],
  [6, (world, a, b) => each(world, a, (life) => world.sync(life, [0.3, 0.6, 1][b % 3] ?? 1))],
  [3, (world, a, b) => each(world, a, (life) => world.dropMessage(life, b))],
  [2, (world, a) => each(world, a, (life) => world.cut(life))],
  [2, (world, a) => each(world, a, (life) => (life.full = !life.full))],
  [2, (world, a) => each(world, a, (life) => (life.frozen = !life.frozen))],
  [1, (world, a) => each(world, a, (life) => world.kill(life))],
  [2, (world, a) => world.newLife(a % 2 === 0 ? 'writer' : 'mirror')],
  [2, (world) => world.newSession()],
  [1, (world, a) => world.restartSender(a % 6)],
  [1, (world, a, b) => world.loseRecords(a, b % 20, a % 5)],
];

function each(world: StreamWorld, n: number, event: (life: Life) => void): void {
  const life = world.life(n);
  if (life !== undefined) event(life);
}

function silence(world: StreamWorld): void {
  for (let i = 0; i < 12; i += 1) world.pass(500);
}

const number = fc.nat({ max: 0xffff });
const happening = fc.oneof(
  ...events.map(([weight, event]) => ({
    weight,
    arbitrary: fc.tuple(fc.constant(event), number, number),
  })),
);

const story = fc.array(happening, { minLength: 1, maxLength: 150, size: 'max' });
/** What is lost last, with nothing after it that would give it away. */
const lastLosses = fc.array(number, { maxLength: 3 });

it('holds its promises whatever happens', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(story, lastLosses, (happenings, losses) => {
      const world = new StreamWorld();
      for (const [event, a, b] of happenings) event(world, a, b);
      for (const lost of losses) world.exchange(20, lost);
      world.settle(60_000);
    }),
    { numRuns: 200 },
  );
});

it('delivers on and on although a message is lost now and then', () => {
  const world = new StreamWorld();
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let i = 0; i < 3000; i += 1) {
    world.append(random(4));
    world.exchange(1 + random(5));
    for (const life of world.lives) {
      if (random(10) === 0) world.dropMessage(life, random(100));
      world.sync(life, 0.5);
    }
    world.pass(50);
    if (random(100) === 0) world.newSession();
  }
  world.settle(60_000);
  expect(world.sender.counters.redelivered).toBeGreaterThan(0);
  expect(world.source.kept.size).toBe(0);
});
