import { describe, expect, test } from 'vitest';
import { FakePort } from '../testing/fake-link.js';
import { frame } from '../testing/frames.js';
import { OwnedTime } from '@elmetron/link/testing';
import { profile } from '../testing/profiles.js';
import { Conversation } from './conversation.js';
import type { Discarded, Reading, Undecodable } from './reading.js';

async function setup(changes: Parameters<typeof profile>[0] = {}) {
  const time = new OwnedTime();
  const port = new FakePort();
  const readings: Reading[] = [];
  const undecodable: Undecodable[] = [];
  const discarded: Discarded[] = [];
  const polls = { sent: 0, unanswered: 0, missed: 0 };
  const conversation = await Conversation.open({
    open: port.open,
    profile: profile(changes),
    listener: {
      reading: (reading) => readings.push(reading),
      undecodable: (bad) => undecodable.push(bad),
      discarded: (piece) => discarded.push(piece),
    },
    polls,
    clock: time,
    timers: time,
  });
  return { time, port, link: port.link, conversation, readings, undecodable, discarded, polls };
}

test('a frame is read whatever its chunks, its time is that of its last byte', async () => {
  const { time, link, readings, conversation } = await setup();
  await time.advance(50);
  expect(link.written.map((bytes) => bytes.toString('hex'))).toEqual(['012330233023302303']);
  const bytes = frame({ value: '-1.138' });
  link.receive(bytes.subarray(0, 1));
  await time.advance(20);
  link.receive(bytes.subarray(1, 99));
  await time.advance(20);
  link.receive(bytes.subarray(99), Buffer.from('\r\n'));
  await time.advance(20);
  expect(readings).toHaveLength(1);
  expect(readings[0]).toMatchObject({
    at: time.now() - 20,
    monotonic: 90,
    serial: 'T/0001',
    decoded: { value: -1.138, unit: 'pH' },
  });
  expect(readings[0]?.bytes).toEqual(bytes);
  expect(conversation.goodFrames).toBe(1);
});

test('what the port still held of an earlier conversation is no reading', async () => {
  const { time, link, readings, discarded } = await setup();
  link.receive(frame(), frame().subarray(0, 40));
  await time.advance(50);
  link.receive(frame({ second: 5 }));
  expect(discarded.map(({ reason }) => reason)).toEqual(['unasked', 'incomplete']);
  expect(readings.map(({ decoded }) => decoded.device_time)).toEqual(['2026-01-01T12:00:05']);
});

test('half an answer that stops is never joined to what comes later', async () => {
  const { time, link, readings, discarded, polls } = await setup();
  const bytes = frame();
  await time.advance(50);
  link.receive(bytes.subarray(0, 60));
  await time.advance(1000);
  expect(polls).toMatchObject({ sent: 2, unanswered: 1 });
  link.receive(bytes.subarray(60));
  expect(readings).toEqual([]);
  await time.advance(1000);
  expect(discarded.map(({ bytes: { length } }) => length)).toEqual([60, 40]);
});

test('half an answer that comes late is still an answer; a new one gives it up', async () => {
  const { time, link, readings, discarded, polls } = await setup();
  await time.advance(50);
  link.receive(frame({ second: 1 }).subarray(0, 60));
  await time.advance(900);
  link.receive(frame({ second: 1 }).subarray(60), frame({ second: 2 }).subarray(0, 60));
  await time.advance(500);
  expect(polls.unanswered).toBe(0);
  link.receive(frame({ second: 3 }));
  expect(readings.map(({ decoded }) => decoded.device_time?.at(-1))).toEqual(['1', '3']);
  expect(discarded.map(({ reason }) => reason)).toEqual(['restarted']);
});

test('a frame that is none by its shape is an answer, but no good frame', async () => {
  const { time, link, undecodable, conversation, polls } = await setup();
  await time.advance(50);
  link.receive(Buffer.concat([frame().subarray(0, 40), frame().subarray(41)]));
  await time.advance(900);
  expect(undecodable).toHaveLength(1);
  expect(conversation.goodFrames).toBe(0);
  expect(polls.unanswered).toBe(0);
});

test('a scrap of noise with the delimiters of a frame is not the end of the answer', async () => {
  const { time, link, readings, undecodable } = await setup({ intervalMs: 100 });
  await time.advance(60);
  link.receive(Buffer.from([1, 0x23, 3]));
  await time.advance(120); // a poll has fallen due meanwhile
  expect(undecodable).toHaveLength(1);
  expect(link.written).toHaveLength(1);
  link.receive(frame());
  expect(readings).toHaveLength(1);
  expect(link.written).toHaveLength(2);
});

describe('the end', () => {
  test('a lost link: the half frame comes out, nothing is polled or heard any more', async () => {
    const { time, link, conversation, discarded, readings } = await setup();
    await time.advance(50);
    link.receive(frame().subarray(0, 50));
    link.unplug();
    expect((await conversation.lost).code).toBe('link_lost');
    link.receive(frame().subarray(50));
    await time.advance(5000);
    expect(link.written).toHaveLength(1);
    expect(discarded.map(({ bytes }) => bytes.length)).toEqual([50]);
    expect(readings).toEqual([]);
  });

  test('close waits for the answer under way', async () => {
    const { time, link, conversation, readings } = await setup();
    await time.advance(50);
    const closed = conversation.close(1000);
    await time.advance(100);
    expect(link.closed).toBe(false);
    link.receive(frame());
    await time.advance(0);
    await closed;
    expect(link.closed).toBe(true);
    expect(readings).toHaveLength(1);
  });

  test('but not longer than it is told', async () => {
    const { time, link, conversation } = await setup();
    await time.advance(50);
    const closed = conversation.close(100);
    await time.advance(100);
    await closed;
    expect(link.closed).toBe(true);
  });

  test('closed before the first poll, it never polls', async () => {
    const { time, link, conversation } = await setup();
    await conversation.close(100);
    await time.advance(5000);
    expect(link.written).toEqual([]);
  });
});
