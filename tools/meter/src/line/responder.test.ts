import {
  decodeFrame,
  encodeFrame,
  FRAME_BYTES,
  Framer,
  HEADER_BYTES,
  POLL,
} from '@elmetron/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random.js';
import { OwnedTime } from '../testing/owned-time.js';
import { Account } from './account.js';
import { GOOD_BEHAVIOUR, type Behaviour } from './behaviour.js';
import { Dispatch } from './dispatch.js';
import { byteTime } from './line-speed.js';
import type { Reply } from './reply.js';
import { Responder } from './responder.js';

const byteMs = byteTime(115_200);
const header = (frame: Buffer): Buffer => frame.subarray(0, HEADER_BYTES);

/** A responder whose time and host are the test's; every answer has a number as its value. */
function makeLine(behaviour: Partial<Behaviour> = {}, replies?: () => Reply) {
  const time = new OwnedTime();
  const sent: { at: number; bytes: Buffer }[] = [];
  const answers: Buffer[] = [];
  const account = new Account(undefined, () => 0);
  const settings = { ...GOOD_BEHAVIOUR, latencyMs: 0, ...behaviour };
  let polls = 0;
  let host = true;
  const reply = (): Reply => {
    const bytes = encodeFrame({
      serial: 'EMU00001',
      value: String(answers.length),
      unit: 'pH',
      temperature: '20.0',
      deviceTime: '2025-01-01T00:00:00',
    });
    answers.push(bytes);
    return { kind: 'frame', bytes };
  };
  const send = (bytes: Buffer): number => {
    if (!host) return 0;
    sent.push({ at: time.monotonic(), bytes: Buffer.from(bytes) });
    return bytes.length;
  };
  const responder = new Responder({
    reply: replies ?? reply,
    dispatch: new Dispatch(send, account),
    behaviour: settings,
    random: new Random(5),
    time,
    byteMs,
    countPoll: () => (polls += 1),
  });
  return {
    time,
    sent,
    answers,
    account,
    settings,
    responder,
    poll: () => responder.receive(POLL),
    leave: () => (host = false),
    comeBack: () => (host = true),
    received: () => Buffer.concat(sent.map(({ bytes }) => bytes)),
    frames: () =>
      new Framer()
        .push(Buffer.concat(sent.map(({ bytes }) => bytes)))
        .filter(({ kind, bytes }) => kind === 'frame' && decodeFrame(bytes).ok)
        .map(({ bytes }) => bytes),
  };
}

describe('responder', () => {
  it('says nothing unasked, and answers a poll with one frame', () => {
    const line = makeLine();
    line.time.advance(10_000);
    expect(line.sent).toEqual([]);
    line.poll();
    line.time.advance(10_000);
    expect(line.received()).toEqual(line.answers[0]);
  });

  it('keeps to the line speed: 88 exchanges a second and no more', () => {
    const line = makeLine();
    // A host that polls the moment its answer is whole.
    let answered = 0;
    line.poll();
    while (line.time.monotonic() < 10_000) {
      line.time.advance(0.05);
      if (line.account.frames === answered) continue;
      answered += 1;
      line.poll();
    }
    expect(line.account.frames).toBeGreaterThan(870);
    expect(line.account.frames).toBeLessThanOrEqual(881);
  });

  it('answers after the latency, each byte at its time', () => {
    const line = makeLine({ latencyMs: 20 });
    line.time.advance(100);
    line.poll();
    line.time.advance(100);
    const [first, last] = line.sent;
    // What a poll's own bytes took is given back in part: it was noticed after the host wrote it.
    const answerAt = 100 + 9 * byteMs + 20;
    expect(Math.abs((first?.at ?? 0) - (answerAt + 38 * byteMs))).toBeLessThanOrEqual(1);
    expect(Math.abs((last?.at ?? 0) - (answerAt + 100 * byteMs))).toBeLessThanOrEqual(1);
  });

  it('starts over when a second poll comes before the answer is out: the header twice', () => {
    for (const after of [0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const line = makeLine();
      line.poll();
      line.time.advance(after);
      line.poll();
      line.time.advance(100);
      const [one, two] = line.answers;
      expect(line.received(), `${after} ms`).toEqual(Buffer.concat([header(one!), two!]));
      expect(line.account.frames).toBe(1);
    }
  });

  it('starts over again at a third poll', () => {
    const line = makeLine();
    for (let i = 0; i < 3; i += 1) {
      line.poll();
      line.time.advance(1);
    }
    line.time.advance(100);
    const [one, two, three] = line.answers;
    expect(line.received()).toEqual(Buffer.concat([header(one!), header(two!), three!]));
  });

  it('answers a poll that comes after the answer was out with another frame', () => {
    const line = makeLine();
    line.poll();
    line.time.advance(13);
    line.poll();
    line.time.advance(100);
    expect(line.received()).toEqual(Buffer.concat(line.answers));
    expect(line.answers).toHaveLength(2);
  });

  it('always ends with a whole frame, whenever polls come and however it is cut', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 30, noNaN: true }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(gaps, fc.boolean(), fc.constantFrom(0, 0.5), (waits, chunking, noise) => {
        const line = makeLine({ chunking, noise, doubled: noise });
        for (const wait of waits) {
          line.poll();
          line.time.advance(wait);
        }
        line.time.advance(500);
        const frames = line.frames();
        expect(frames.at(-1)).toEqual(line.answers.at(-1));
        expect(frames).toHaveLength(line.account.frames);
      }),
    );
  });

  it('loses no frame to noise, chunks and doubled headers', () => {
    const line = makeLine({ chunking: true, noise: 0.7, doubled: 0.3 });
    for (let i = 0; i < 200; i += 1) {
      line.poll();
      line.time.advance(100);
    }
    expect(line.frames()).toEqual(line.answers);
    expect(line.received().length).toBeGreaterThan(200 * FRAME_BYTES + 1000);
    expect(line.sent.length).toBeGreaterThan(400);
  });

  it('doubles as many of the next headers as it is told', () => {
    const line = makeLine({ doubledNext: 2 });
    for (let i = 0; i < 3; i += 1) {
      line.poll();
      line.time.advance(100);
    }
    const [one, two, three] = line.answers;
    expect(line.received()).toEqual(
      Buffer.concat([header(one!), one!, header(two!), two!, three!]),
    );
  });

  it('hears and does not answer while silent', () => {
    const line = makeLine({ silent: true });
    line.poll();
    line.time.advance(1000);
    expect(line.sent).toEqual([]);
    line.settings.silent = false;
    line.time.advance(1000);
    expect(line.sent).toEqual([]);
    line.poll();
    line.time.advance(1000);
    expect(line.frames()).toHaveLength(1);
  });

  it('answers at most so often', () => {
    const line = makeLine({ answersPerSecond: 10 });
    for (let i = 0; i < 5; i += 1) {
      line.poll();
      while (line.frames().length <= i) line.time.advance(1);
    }
    expect(line.time.monotonic()).toBeGreaterThan(400);
    expect(line.time.monotonic()).toBeLessThan(430);
  });

  it('plays recorded pieces at their times after the poll, one answer after the other', () => {
    const pieces = [5, 30].map((afterMs) => ({ afterMs, bytes: Buffer.from([afterMs]) }));
    const line = makeLine({}, () => ({ kind: 'recorded', pieces }));
    line.time.advance(100);
    line.poll();
    line.time.advance(10);
    line.poll();
    line.time.advance(500);
    expect(line.received()).toEqual(Buffer.from([5, 30, 5, 30]));
    [105, 130, 135, 160].forEach((at, i) => {
      expect(Math.abs(line.sent[i]!.at - at)).toBeLessThanOrEqual(0.5);
    });
  });

  it('interjects bytes between frames, never within one', () => {
    const line = makeLine();
    line.poll();
    line.time.advance(2);
    line.responder.interject(Buffer.from('noise'));
    line.time.advance(100);
    expect(line.received()).toEqual(Buffer.concat([line.answers[0]!, Buffer.from('noise')]));
  });

  it('keeps nothing for later when nobody takes it', () => {
    const line = makeLine();
    line.poll();
    line.leave();
    line.time.advance(6);
    // The header was lost; the body that was to follow is lost with it.
    line.comeBack();
    line.time.advance(1000);
    expect(line.sent).toEqual([]);
    line.poll();
    line.time.advance(1000);
    expect(line.received()).toEqual(line.answers[1]);
  });

  it('says nothing more after its end', () => {
    const line = makeLine();
    line.poll();
    line.time.advance(6);
    line.responder.end();
    line.time.advance(1000);
    expect(line.received()).toEqual(header(line.answers[0]!));
  });
});
