import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeConsumerMessage,
  decodeSourceMessage,
  encodeMessage,
  MAX_CONSUMER_MESSAGE_BYTES,
} from './messages.js';

const hello = { type: 'hello', consumer: 'writer', run: 'r1', window: 10 } as const;

describe('messages', () => {
  it('come out as they went in', () => {
    const consumer = [hello, { type: 'ack', session: 'a', seq: 3 }, { type: 'heartbeat' }] as const;
    for (const message of consumer) {
      const result = decodeConsumerMessage([encodeMessage(message)]);
      expect(result).toEqual({ ok: true, message: { v: 1, ...message }, body: undefined });
    }
    const source = [
      { type: 'welcome', source: 'bench-1', sessions: [{ session: 'a', last: 4 }] },
      { type: 'fenced', run: 'r1', source: 'bench-1' },
      { type: 'refused', reason: 'no', code: 'hello_first' },
      { type: 'heartbeat', unacknowledged: [{ session: 'a', seq: 4 }] },
    ] as const;
    for (const message of source) {
      const result = decodeSourceMessage([encodeMessage(message)]);
      expect(result).toEqual({ ok: true, message: { v: 1, ...message }, body: undefined });
    }
    const batch = {
      type: 'batch',
      session: 'a',
      prev: 1,
      first: 2,
      count: 1,
      released: -1,
    } as const;
    const body = Buffer.from('x\n');
    expect(decodeSourceMessage([encodeMessage(batch), body])).toEqual({
      ok: true,
      message: { v: 1, ...batch },
      body,
    });
  });

  it('pass over fields that they do not know and do without those that may be missing', () => {
    const frame = Buffer.from('{"v":1,"type":"heartbeat","later":true}');
    expect(decodeConsumerMessage([frame])).toMatchObject({ ok: true });
    expect(decodeSourceMessage([frame])).toMatchObject({ ok: true });
    const refused = Buffer.from(
      '{"v":1,"type":"refused","reason":"x","code":"of a later version"}',
    );
    expect(decodeSourceMessage([refused])).toMatchObject({ ok: true });
    const bare = Buffer.from('{"v":1,"type":"batch","session":"a","prev":0,"first":1,"count":1}');
    expect(decodeSourceMessage([bare, Buffer.from('x\n')])).toMatchObject({ ok: true });
  });

  it.each([
    ['no frame', []],
    ['no JSON', [Buffer.from('{')]],
    ['no object', [Buffer.from('null')]],
    ['no type', [Buffer.from('{"v":1}')]],
    ['no version', [Buffer.from('{"type":"heartbeat"}')]],
    ['an unknown type', [Buffer.from('{"v":1,"type":"goodbye"}')]],
    ['a window of none', [encodeMessage({ ...hello, window: 0 })]],
    ['a window beyond all bounds', [encodeMessage({ ...hello, window: 1e9 })]],
    ['half a record', [encodeMessage({ type: 'ack', session: 'a', seq: 0.5 })]],
    ['a negative number', [encodeMessage({ type: 'ack', session: 'a', seq: -1 })]],
    ['a session with a path in it', [encodeMessage({ type: 'ack', session: '../a', seq: 1 })]],
    ['a second frame', [encodeMessage(hello), Buffer.from('x')]],
    ['too many bytes', [encodeMessage({ ...hello, run: 'r'.repeat(MAX_CONSUMER_MESSAGE_BYTES) })]],
  ])('of a consumer with %s are malformed', (_, frames) => {
    expect(decodeConsumerMessage(frames)).toMatchObject({ ok: false, code: 'malformed' });
  });

  it('of a source have a body exactly when they are a batch', () => {
    const batch = { type: 'batch', session: 'a', prev: 1, first: 2, count: 1 } as const;
    expect(decodeSourceMessage([encodeMessage(batch)])).toMatchObject({ ok: false });
    const heartbeat = encodeMessage({ type: 'heartbeat' });
    expect(decodeSourceMessage([heartbeat, Buffer.from('x\n')])).toMatchObject({ ok: false });
  });

  it('of another version are told apart from nonsense', () => {
    const frame = Buffer.from('{"v":2,"type":"hello","name":"writer"}');
    expect(decodeConsumerMessage([frame])).toMatchObject({ code: 'unknown_version' });
    expect(decodeSourceMessage([frame])).toMatchObject({ code: 'unknown_version' });
  });

  it('that are frequent are read in short as they are at length', () => {
    const session = fc.oneof(
      fc.constantFrom(
        'a',
        '018f-7',
        'legacy-1-2026-01-01T00:00:00Z',
        '',
        '../a',
        '"',
        'x'.repeat(100),
      ),
      fc.string({ maxLength: 110 }),
    );
    const number = fc.oneof(
      fc.integer({ min: -2, max: 5 }),
      fc.integer({ min: 0, max: 0x1_0000_0001 }),
      fc.double(),
      fc.constantFrom(999_999_999, 1_000_000_000, 999_999, 1_000_000, 1_000_001, 0xffff_ffff),
    );
    // A field that nobody knows sends a message the long way, and is passed over there.
    const atLength = (frame: Buffer): Buffer =>
      Buffer.from(frame.toString('utf8').replace(/}$/, ',"later":true}'));
    fc.assert(
      fc.property(session, number, number, number, number, (id, a, b, c, d) => {
        const ack = encodeMessage({ type: 'ack', session: id, seq: a });
        expect(decodeConsumerMessage([ack])).toEqual(decodeConsumerMessage([atLength(ack)]));
        const header = {
          type: 'batch',
          session: id,
          prev: a,
          first: b,
          count: c,
          released: d,
        } as const;
        const batch = encodeMessage(header);
        const body = Buffer.from('x\n');
        const short = decodeSourceMessage([batch, body]);
        expect(short).toEqual(decodeSourceMessage([atLength(batch), body]));
        expect(decodeSourceMessage([batch])).toMatchObject({ ok: false });
        expect(decodeConsumerMessage([batch])).toMatchObject({ ok: false });
      }),
      { numRuns: 500 },
    );
  });

  it('never throw, whatever arrives', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
    const json = fc.json().map((text) => Buffer.from(text));
    fc.assert(
      fc.property(fc.array(fc.oneof(bytes, json), { maxLength: 3 }), (frames) => {
        decodeConsumerMessage(frames);
        decodeSourceMessage(frames);
      }),
    );
    const deep = Buffer.from('['.repeat(1_000_000));
    expect(decodeSourceMessage([deep])).toMatchObject({ ok: false });
  });
});
