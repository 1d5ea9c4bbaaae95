import { describe, expect, it } from 'vitest';
import { RoundTrips } from './round-trips.js';

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const line = (frame: string): string => `{"type":"measurement","raw_frame_hex":"${frame}"}\n`;
const sent = (frame: string, bootUs: number) => ({ frame, bootUs, whole: true, at: '' });

/** A batch of session `s`, and an acknowledgement of it. */
const batch = (first: number, ...frames: string[]): Buffer[] => [
  json({ v: 1, type: 'batch', session: 's', prev: first - 1, first, count: frames.length }),
  Buffer.from(frames.map(line).join('')),
];
const ack = (seq: number, session = 's'): Buffer[] => [json({ v: 1, type: 'ack', session, seq })];

function witnessed(...events: (readonly [atUs: number, from: 'source' | 'writer', Buffer[]])[]) {
  let now = 0;
  const trips = new RoundTrips(() => now);
  for (const [atUs, from, frames] of events) {
    now = atUs;
    if (from === 'source') trips.fromSource(frames);
    else trips.fromConsumer(frames);
  }
  return trips;
}

describe('round trips', () => {
  it('join a frame of the meter, its record and its acknowledgement', () => {
    const trips = witnessed([1500, 'source', batch(1, 'aa')], [4000, 'writer', ack(1)]);
    expect(trips.of([sent('aa', 1000)])).toEqual([
      { frame: 'aa', toWire: 0.5, toAcknowledgement: 2.5, whole: 3 },
    ]);
  });

  it('end for all records up to the number acknowledged, and for no later one', () => {
    const trips = witnessed(
      [100, 'source', batch(1, 'aa', 'bb')],
      [200, 'source', batch(3, 'cc')],
      [300, 'writer', ack(2)],
    );
    const whole = trips.of([sent('aa', 0), sent('bb', 0), sent('cc', 0)]).map((t) => t?.whole);
    expect(whole).toEqual([0.3, 0.3, undefined]);
    expect(trips.acknowledged).toBe(2);
  });

  it('are not ended by an acknowledgement of another session', () => {
    const trips = witnessed([100, 'source', batch(1, 'aa')], [200, 'writer', ack(1, 'other')]);
    expect(trips.of([sent('aa', 0)])).toEqual([undefined]);
  });

  it('count from the first time that a record passed', () => {
    const trips = witnessed(
      [100, 'source', batch(1, 'aa')],
      [900, 'source', batch(1, 'aa')],
      [1000, 'writer', ack(1)],
    );
    expect(trips.of([sent('aa', 0)])).toMatchObject([{ toWire: 0.1, whole: 1 }]);
  });

  it('count the records that are no measurements', () => {
    const [head, body] = batch(1, 'aa');
    const event = Buffer.from(`{"type":"audit_event"}\n${body?.toString() ?? ''}`);
    const trips = witnessed([100, 'source', [head!, event]], [200, 'writer', ack(1)]);
    expect(trips.of([sent('aa', 0)])).toEqual([undefined]);
  });

  it('pass over what is not of the stream', () => {
    const trips = witnessed([1, 'source', [Buffer.from('?')]], [2, 'writer', []]);
    expect(trips.of([sent('aa', 0)])).toEqual([undefined]);
  });
});
