import { expect, test } from 'vitest';
import { OwnedTime } from '@elmetron/link/testing';
import { finish } from './finish.js';

function setup(room = true) {
  const time = new OwnedTime();
  const did: string[] = [];
  const state = { connected: true, owed: 3, room };
  const done = finish({
    recorder: {
      end: () => {
        if (state.room) did.push('end');
        return state.room;
      },
      close: () => did.push('close'),
    },
    outbox: { unacknowledged: () => ({ writer: state.owed }) },
    server: {
      consumers: () => [
        { consumer: 'writer', connected: state.connected, run: undefined, inFlight: 0 },
      ],
      close: () => {
        did.push('closed');
        return Promise.resolve();
      },
    },
    clock: time,
    timers: time,
  });
  return { time, did, state, done };
}

test('waits until the consumer has everything', async () => {
  const { time, did, state, done } = setup();
  await time.advance(500);
  expect(did).toEqual(['end', 'close']);
  state.owed = 0;
  await time.advance(100);
  await done;
  expect(did.at(-1)).toBe('closed');
});

test('but only for a moment', async () => {
  const { time, did, done } = setup();
  await time.advance(3100);
  await done;
  expect(did.at(-1)).toBe('closed');
});

test('and not at all for one that is not there', async () => {
  const { time, state, did, done } = setup();
  state.connected = false;
  await time.advance(50);
  await done;
  expect(did).toEqual(['end', 'close', 'closed']);
});

test('a full spool gets its chance to take the end', async () => {
  const { time, did, state, done } = setup(false);
  await time.advance(500);
  expect(did).toEqual([]);
  state.room = true;
  await time.advance(50);
  expect(did).toEqual(['end', 'close']);
  state.owed = 0;
  await time.advance(50);
  await done;
});
