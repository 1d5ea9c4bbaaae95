import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { holdsLines } from './batch-body.js';
import { decodeSourceMessage, encodeMessage, type SourceMessage } from './messages.js';
import type { SendOutcome } from './send-loop.js';
import { StreamSender, type SenderOutgoing, type StreamSenderOptions } from './stream-sender.js';
import { linesOf } from './testing/lines-of.js';
import { lineOf, MemorySource } from './testing/memory-source.js';
import { OwnedClock } from './testing/owned-clock.js';
import { RecordingLog } from './testing/recording-log.js';

type Sent = { peer: string; lines: string[] } & SourceMessage;

let clock: OwnedClock;
let log: RecordingLog;
let source: MemorySource;
let sender: StreamSender;

function make(options: Partial<StreamSenderOptions> = {}): void {
  const { consumers } = source;
  sender = new StreamSender({ source, consumers, clock, log, ...options });
}

beforeEach(() => {
  clock = new OwnedClock();
  log = new RecordingLog();
  source = new MemorySource(['writer', 'mirror']);
  source.begin('a');
  make();
});

function readable(out: SenderOutgoing): Sent {
  const result = decodeSourceMessage(out.frames);
  if (!result.ok) throw new Error(result.reason);
  const { message, body } = result;
  const count = message.type === 'batch' ? message.count : 0;
  if (body !== undefined && !holdsLines(body, count)) throw new Error('no lines');
  return { peer: out.peer, lines: body === undefined ? [] : linesOf(body), ...message };
}

/** Everything that can be sent now. */
function sendAll(fate: (out: SenderOutgoing) => SendOutcome = () => 'queued'): Sent[] {
  const sent: Sent[] = [];
  for (let out = sender.next(); out !== undefined; out = sender.next()) {
    const outcome = fate(out);
    if (outcome === 'queued') sent.push(readable(out));
    sender.settled(out, outcome);
  }
  return sent;
}

function hello(peer: string, run: string, window = 1000, consumer = 'writer'): void {
  sender.receive(peer, [encodeMessage({ type: 'hello', consumer, run, window })]);
}

function ack(peer: string, session: string, seq: number): void {
  sender.receive(peer, [encodeMessage({ type: 'ack', session, seq })]);
}

function heartbeat(peer: string): void {
  sender.receive(peer, [encodeMessage({ type: 'heartbeat' })]);
}

/** A batch as `session prev<first..last`. */
function brief(sent: readonly Sent[]): string[] {
  return sent.map((message) =>
    message.type === 'batch'
      ? `${message.session} ${message.prev}<${message.first}..${message.first + message.count - 1}`
      : message.type,
  );
}

function pass(ms: number, step = 200): void {
  for (let left = ms; left > 0; left -= step) {
    clock.advance(Math.min(step, left));
    sender.tick();
  }
}

it('tells of a flood of new runs, and of consumers that come and go, a few times only', () => {
  for (let n = 0; n < 1000; n += 1) {
    hello(`p${n}`, `r${n}`);
    sendAll(() => 'gone');
  }
  expect(sender.counters).toMatchObject({ hellos: 1000, forgotten: 1000 });
  expect(log.lines).toHaveLength(10);
  clock.advance(10_000);
  hello('p', 'r');
  expect(log.lines.at(-1)?.fields).toMatchObject({ displaced: 'r999', also_before: 994 });
});

describe('a hello', () => {
  it('is welcomed with every session owned or owed, then served', () => {
    source.append('a', 3);
    source.begin('b');
    hello('p1', 'r1');
    const sent = sendAll();
    expect(sent[0]).toMatchObject({
      type: 'welcome',
      source: 'bench-1',
      sessions: [
        { session: 'a', last: 3 },
        { session: 'b', last: 0 },
      ],
    });
    expect(brief(sent.slice(1))).toEqual(['a -1<0..0', 'a 0<1..3', 'b -1<0..0']);
    expect(sent[2]?.lines).toEqual(['a:1', 'a:2', 'a:3']);
  });

  it('again has everything unacknowledged sent again, each session from its start line on', () => {
    source.append('a', 4);
    hello('p1', 'r1');
    sendAll();
    ack('p1', 'a', 2);
    hello('p1', 'r1');
    const sent = sendAll();
    expect(brief(sent)).toEqual(['welcome', 'a -1<0..0', 'a 2<3..4']);
    expect(sent[1]).toMatchObject({ released: 2, lines: ['a:0'] });
    expect(sent[2]).toMatchObject({ released: 2 });
    expect(sender.counters).toMatchObject({ hellos: 2, records: 8, redelivered: 3 });
  });

  it('has nothing sent of a session that is acknowledged up to its end', () => {
    source.append('a', 4);
    source.acknowledge('writer', 'a', 4);
    hello('p1', 'r1');
    expect(brief(sendAll())).toEqual(['welcome']);
    source.append('a', 1);
    expect(brief(sendAll())).toEqual(['a -1<0..0', 'a 4<5..5']);
    source.append('a', 1);
    expect(brief(sendAll())).toEqual(['a 5<6..6']);
  });

  it('of the same run over a new connection moves the delivery there', () => {
    source.append('a', 1);
    hello('p1', 'r1');
    sendAll();
    hello('p2', 'r1');
    expect(sendAll().map(({ peer, type }) => `${peer} ${type}`)).toEqual([
      'p2 welcome',
      'p2 batch',
      'p2 batch',
    ]);
    ack('p1', 'a', 1);
    expect(sendAll()).toMatchObject([{ peer: 'p1', type: 'refused', code: 'hello_first' }]);
    expect(source.acknowledged('writer', 'a')).toBe(-1);
  });
});

describe('what is in flight', () => {
  it('is never more than the window, start line included', () => {
    source.append('a', 100);
    hello('p1', 'r1', 10);
    expect(brief(sendAll())).toEqual(['welcome', 'a -1<0..0', 'a 0<1..9']);
    expect(sender.consumers()[0]).toMatchObject({ connected: true, run: 'r1', inFlight: 10 });
    ack('p1', 'a', 3);
    expect(brief(sendAll())).toEqual(['a 9<10..13']);
    ack('p1', 'a', 13);
    expect(brief(sendAll())).toEqual(['a 13<14..23']);
  });

  it('does not count a start line that is sent as context only', () => {
    source.append('a', 100);
    source.acknowledge('writer', 'a', 50);
    hello('p1', 'r1', 10);
    expect(brief(sendAll())).toEqual(['welcome', 'a -1<0..0', 'a 50<51..60']);
    expect(sender.consumers()[0]?.inFlight).toBe(10);
  });

  it('is bounded in bytes too', () => {
    make({ flightBytes: 20 });
    source.append('a', 100);
    hello('p1', 'r1');
    expect(brief(sendAll())).toEqual(['welcome', 'a -1<0..0', 'a 0<1..4']);
    ack('p1', 'a', 4);
    expect(brief(sendAll())).toEqual(['a 4<5..9']);
  });

  it('travels in batches that are bounded in records and bytes', () => {
    make({ batchRecords: 3 });
    source.append('a', 7);
    hello('p1', 'r1');
    expect(brief(sendAll())).toEqual(['welcome', 'a -1<0..0', 'a 0<1..3', 'a 3<4..6', 'a 6<7..7']);
    make({ batchBytes: 9 });
    hello('p1', 'r1');
    expect(brief(sendAll()).slice(2, 4)).toEqual(['a 0<1..2', 'a 2<3..4']);
  });

  it('is of the oldest session until all of that has been sent', () => {
    source.append('a', 5);
    source.begin('b');
    source.append('b', 1);
    hello('p1', 'r1', 4);
    expect(brief(sendAll())).toEqual(['welcome', 'a -1<0..0', 'a 0<1..3']);
    ack('p1', 'a', 3);
    expect(brief(sendAll())).toEqual(['a 3<4..5', 'b -1<0..0', 'b 0<1..1']);
    source.append('a', 1);
    ack('p1', 'a', 5);
    expect(brief(sendAll())).toEqual(['a 5<6..6']);
  });

  it('passes a hole on as the source declares it', () => {
    source.append('a', 10);
    source.lose('a', 3, 6);
    hello('p1', 'r1', 8);
    const sent = sendAll();
    expect(brief(sent)).toEqual(['welcome', 'a -1<0..0', 'a 0<1..2', 'a 2<7..10']);
    expect(sent[3]).toMatchObject({ released: -1 });
    expect(sender.consumers()[0]?.inFlight).toBe(7);
    ack('p1', 'a', 8);
    expect(sender.consumers()[0]?.inFlight).toBe(2);
  });

  it('says what the source let go of before this consumer came', () => {
    source.append('a', 10);
    const read = source.read.bind(source);
    source.read = (session, after, limit) => {
      const batch = read(session, Math.max(5, after), limit);
      return batch && { ...batch, prev: batch.first - 1 };
    };
    hello('p1', 'r1');
    const sent = sendAll();
    expect(brief(sent)).toEqual(['welcome', 'a -1<0..0', 'a 5<6..10']);
    expect(sent[2]).toMatchObject({ released: 5 });
  });
});

describe('an acknowledgement', () => {
  beforeEach(() => {
    source.append('a', 10);
    hello('p1', 'r1', 5);
    sendAll();
  });

  it('is cumulative', () => {
    ack('p1', 'a', 4);
    expect(source.acknowledged('writer', 'a')).toBe(4);
    expect(source.acknowledged('mirror', 'a')).toBe(-1);
    expect(sender.counters).toMatchObject({ acks: 1, acksIgnored: 0 });
  });

  it.each([
    ['above what was sent', 'p1', 'a', 5],
    ['for an unknown session', 'p1', 'z', 1],
    ['backwards', 'p1', 'a', 1],
    ['of a stranger', 'p9', 'a', 4],
  ])('%s does not count', (_, peer, session, seq) => {
    ack('p1', 'a', 2);
    ack(peer, session, seq);
    expect(source.acknowledged('writer', 'a')).toBe(2);
    expect(sender.counters).toMatchObject({ acks: 1, acksIgnored: 1 });
  });

  it('above what was sent since the last hello does not count either', () => {
    ack('p1', 'a', 1);
    hello('p1', 'r1', 5);
    ack('p1', 'a', 4);
    expect(source.acknowledged('writer', 'a')).toBe(1);
    sendAll();
    ack('p1', 'a', 4);
    expect(source.acknowledged('writer', 'a')).toBe(4);
  });

  it('said twice is no fault', () => {
    ack('p1', 'a', 2);
    ack('p1', 'a', 2);
    expect(sender.counters).toMatchObject({ acks: 1, acksIgnored: 0 });
  });

  it('of a displaced run does not count', () => {
    hello('p2', 'r2');
    sendAll();
    ack('p1', 'a', 4);
    expect(source.acknowledged('writer', 'a')).toBe(-1);
    expect(sendAll()).toMatchObject([{ type: 'fenced', peer: 'p1', run: 'r1' }]);
    expect(sender.counters.acksIgnored).toBe(1);
  });
});

describe('fencing', () => {
  it('lets the newest hello win and tells the run before it', () => {
    hello('p1', 'r1');
    sendAll();
    hello('p2', 'r2');
    const sent = sendAll();
    expect(sent).toContainEqual(
      expect.objectContaining({ type: 'fenced', peer: 'p1', run: 'r1', source: 'bench-1' }),
    );
    expect(sent.filter(({ type }) => type === 'batch').map(({ peer }) => peer)).toEqual(['p2']);
    source.append('a', 1);
    expect(sendAll().map(({ peer }) => peer)).toEqual(['p2']);
  });

  it('is for good: over any connection a fenced run is told so, and displaces nobody', () => {
    hello('p1', 'r1');
    hello('p2', 'r2');
    sendAll();
    hello('p3', 'r1');
    heartbeat('p3');
    expect(sendAll()).toMatchObject([
      { type: 'fenced', peer: 'p3', run: 'r1' },
      { type: 'fenced', peer: 'p3', run: 'r1' },
    ]);
    expect(sender.consumers()[0]).toMatchObject({ run: 'r2', connected: true });
  });

  it('by an older run is taken back by the newer one, wherever the two come in which order', () => {
    hello('p2', 'r2');
    sendAll();
    hello('p1', 'r1');
    expect(sendAll()).toContainEqual(
      expect.objectContaining({ type: 'fenced', peer: 'p2', run: 'r2', by: 'r1' }),
    );
    hello('p2', 'r2');
    const sent = sendAll();
    expect(sent).toContainEqual(
      expect.objectContaining({ type: 'fenced', peer: 'p1', run: 'r1', by: 'r2' }),
    );
    expect(sent.filter(({ type }) => type === 'welcome').map(({ peer }) => peer)).toEqual(['p2']);
    expect(sender.consumers()[0]).toMatchObject({ run: 'r2', connected: true });
    hello('p1', 'r1');
    expect(sendAll()).toMatchObject([{ type: 'fenced', peer: 'p1', run: 'r1', by: 'r2' }]);
    hello('p4', 'r2');
    expect(sendAll().some(({ type, peer }) => type === 'welcome' && peer === 'p4')).toBe(true);
  });

  it('reaches a run that was silent while it was displaced', () => {
    hello('p1', 'r1');
    sendAll();
    pass(6000);
    expect(sender.consumers()[0]).toMatchObject({ connected: false, run: 'r1' });
    hello('p2', 'r2');
    sendAll();
    hello('p1', 'r1');
    expect(sendAll()).toMatchObject([{ type: 'fenced', peer: 'p1', run: 'r1' }]);
    expect(sender.consumers()[0]).toMatchObject({ run: 'r2', connected: true });
  });

  it('does not reach across consumers: each has its own position', () => {
    source.append('a', 2);
    hello('p1', 'r1');
    hello('p2', 'r2', 1000, 'mirror');
    const sent = sendAll();
    expect(sent.some(({ type }) => type === 'fenced')).toBe(false);
    expect(sent.filter(({ type }) => type === 'batch')).toHaveLength(4);
    ack('p1', 'a', 2);
    ack('p2', 'a', 1);
    expect(source.acknowledged('writer', 'a')).toBe(2);
    expect(source.acknowledged('mirror', 'a')).toBe(1);
  });
});

describe('a refusal', () => {
  it('names the consumers that there are', () => {
    hello('p1', 'r1', 10, 'wrtier');
    expect(sendAll()).toMatchObject([{ type: 'refused', peer: 'p1', code: 'unknown_consumer' }]);
    expect(sender.counters.refused).toBe(1);
    expect(log.lines).toMatchObject([{ level: 'warn' }]);
  });

  it('asks whoever has not said hello to do so', () => {
    heartbeat('p1');
    expect(sendAll()).toMatchObject([{ type: 'refused', peer: 'p1', code: 'hello_first' }]);
  });

  it('is what another version gets', () => {
    sender.receive('p1', [Buffer.from('{"v":2,"type":"hello"}')]);
    expect(sendAll()).toMatchObject([{ type: 'refused', peer: 'p1', code: 'unknown_version' }]);
  });

  it('is not kept for more strangers than can be served', () => {
    for (let i = 0; i < 5000; i += 1) heartbeat(`stranger ${i}`);
    expect(sendAll()).toHaveLength(100);
    expect(sender.counters.refused).toBe(5000);
  });
});

describe('a message that is not of the stream', () => {
  it('is counted, logged seldom, and neither answered nor fatal', () => {
    hello('p1', 'r1');
    sendAll();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }), (frames) => {
        sender.receive(
          'p1',
          frames.map((frame) => Buffer.from(frame)),
        );
      }),
      { numRuns: 200 },
    );
    expect(sender.counters.malformed).toBe(200);
    expect(sendAll()).toEqual([]);
    expect(log.lines).toHaveLength(1);
  });
});

describe('the welcome', () => {
  it('comes again, unasked and to all, when a session has gone', () => {
    source.append('a', 1);
    source.begin('b');
    hello('p1', 'r1');
    hello('p2', 'r2', 1000, 'mirror');
    sendAll();
    source.finish('a');
    ack('p1', 'a', 1);
    expect(sendAll()).toEqual([]);
    ack('p2', 'a', 1);
    const sent = sendAll();
    expect(sent.map(({ peer }) => peer).sort()).toEqual(['p1', 'p2']);
    for (const message of sent) {
      expect(message).toMatchObject({ type: 'welcome', sessions: [{ session: 'b', last: 0 }] });
    }
    expect(sendAll()).toEqual([]);
  });

  it('comes also when the source lets go by itself, and for a session begun after the first', () => {
    hello('p1', 'r1');
    source.begin('b');
    sendAll();
    pass(200);
    source.kept.delete('b');
    pass(200);
    expect(sendAll()).toMatchObject([{ type: 'welcome', sessions: [{ session: 'a' }] }]);
    expect(sender.consumers()[0]?.inFlight).toBe(1);
  });

  it('does not come for a session that is new', () => {
    hello('p1', 'r1');
    sendAll();
    source.begin('b');
    pass(200);
    expect(brief(sendAll())).toEqual(['b -1<0..0']);
  });
});

describe('silence', () => {
  it('is broken by a heartbeat each interval, which names what is unacknowledged', () => {
    source.append('a', 3);
    source.begin('b');
    hello('p1', 'r1');
    sendAll();
    pass(800);
    expect(sendAll()).toEqual([]);
    pass(200);
    expect(sendAll()).toMatchObject([
      {
        type: 'heartbeat',
        unacknowledged: [
          { session: 'a', seq: 3 },
          { session: 'b', seq: 0 },
        ],
      },
    ]);
    ack('p1', 'a', 3);
    ack('p1', 'b', 0);
    pass(1000);
    expect(sendAll()).toMatchObject([{ type: 'heartbeat', unacknowledged: [] }]);
  });

  it('of one session is broken while another one flows: its last batch may be what was lost', () => {
    source.append('a', 1);
    hello('p1', 'r1');
    sendAll();
    ack('p1', 'a', 1);
    source.append('a', 1);
    sendAll();
    source.begin('b');
    const named: unknown[] = [];
    for (let seq = 0; seq < 15; seq++) {
      pass(100);
      for (const sent of sendAll()) if (sent.type === 'heartbeat') named.push(sent.unacknowledged);
      ack('p1', 'b', seq);
      source.append('b', 1);
    }
    expect(named).toEqual([expect.arrayContaining([{ session: 'a', seq: 2 }])]);
  });

  it('needs no breaking at one reading a second that is acknowledged', () => {
    hello('p1', 'r1');
    sendAll();
    ack('p1', 'a', 0);
    for (let seq = 1; seq < 10; seq++) {
      source.append('a', 1);
      expect(sendAll().map(({ type }) => type)).toEqual(['batch']);
      pass(10);
      ack('p1', 'a', seq);
      pass(990);
    }
  });

  it('of a peer makes it forgotten, until its next hello', () => {
    hello('p1', 'r1');
    sendAll();
    pass(4000);
    heartbeat('p1');
    pass(5000);
    expect(sender.consumers()[0]?.connected).toBe(true);
    pass(200);
    expect(sender.consumers()[0]?.connected).toBe(false);
    source.append('a', 1);
    expect(sendAll()).toEqual([]);
    heartbeat('p1');
    expect(sendAll()).toMatchObject([{ type: 'refused', code: 'hello_first' }]);
    hello('p1', 'r1');
    expect(brief(sendAll())).toEqual(['welcome', 'a -1<0..0', 'a 0<1..1']);
    expect(sender.counters.forgotten).toBe(1);
  });

  it('is not what a held up process takes for it', () => {
    hello('p1', 'r1');
    sendAll();
    clock.advance(60_000);
    sender.tick();
    expect(sender.consumers()[0]?.connected).toBe(true);
  });
});

describe('a send', () => {
  beforeEach(() => source.append('a', 3));

  it('that finds the queue full is made again after a while, and only to that peer', () => {
    hello('p1', 'r1');
    hello('p2', 'r2', 1000, 'mirror');
    const sent = sendAll(({ peer, kind }) =>
      peer === 'p1' && kind === 'batch' ? 'full' : 'queued',
    );
    expect(sent.filter(({ peer }) => peer === 'p1').map(({ type }) => type)).toEqual(['welcome']);
    expect(sent.filter(({ peer }) => peer === 'p2')).toHaveLength(3);
    expect(sender.consumers()[0]?.inFlight).toBe(0);
    ack('p1', 'a', 0);
    expect(source.acknowledged('writer', 'a')).toBe(-1);
    pass(200);
    expect(brief(sendAll())).toEqual(['a -1<0..0', 'a 0<1..3']);
    expect(sender.counters).toMatchObject({ full: 1, batches: 4 });
  });

  it('that finds the queue full is made again as soon as the peer says something', () => {
    hello('p1', 'r1');
    sendAll(({ kind }) => (kind === 'welcome' ? 'full' : 'queued'));
    expect(sendAll()).toEqual([]);
    heartbeat('p1');
    expect(brief(sendAll())).toEqual(['welcome', 'a -1<0..0', 'a 0<1..3']);
  });

  it('that finds nobody makes the peer forgotten', () => {
    hello('p1', 'r1');
    sendAll(() => 'gone');
    expect(sender.consumers()[0]).toMatchObject({ connected: false, inFlight: 0 });
    expect(sender.counters).toMatchObject({ forgotten: 1, records: 0 });
  });

  it('that comes back after a new hello disturbs nothing', () => {
    hello('p1', 'r1');
    sendAll(({ kind }) => (kind === 'batch' ? 'full' : 'queued'));
    pass(200);
    const late = sender.next();
    hello('p2', 'r1');
    sendAll();
    if (late !== undefined) sender.settled(late, 'gone');
    expect(sender.consumers()[0]).toMatchObject({ connected: true, inFlight: 4 });
  });
});

describe('a source that fails', () => {
  it('holds up its stream and nothing else', () => {
    source.append('a', 3);
    const read = source.read.bind(source);
    source.read = () => {
      throw new Error('EIO');
    };
    hello('p1', 'r1');
    expect(brief(sendAll())).toEqual(['welcome', 'a -1<0..0']);
    expect(sender.counters.sourceErrors).toBe(1);
    expect(sendAll()).toEqual([]);
    source.read = read;
    pass(200);
    expect(brief(sendAll())).toEqual(['a 0<1..3']);
  });

  it('does not have an acknowledgement counted that it did not take', () => {
    hello('p1', 'r1');
    sendAll();
    source.onAcknowledge = () => {
      throw new Error('ENOSPC');
    };
    ack('p1', 'a', 0);
    expect(sender.consumers()[0]?.inFlight).toBe(1);
    source.onAcknowledge = () => undefined;
    ack('p1', 'a', 0);
    expect(sender.consumers()[0]?.inFlight).toBe(0);
  });
});

it('is drained when every consumer has acknowledged everything', () => {
  source.append('a', 2);
  hello('p1', 'r1');
  hello('p2', 'r2', 1000, 'mirror');
  sendAll();
  ack('p1', 'a', 2);
  expect(sender.drained()).toBe(false);
  ack('p2', 'a', 1);
  expect(sender.drained()).toBe(false);
  ack('p2', 'a', 2);
  expect(sender.drained()).toBe(true);
  source.append('a', 1);
  expect(sender.drained()).toBe(false);
});

it('sends the very bytes of the source', () => {
  source.append('a', 1);
  hello('p1', 'r1');
  expect(sendAll().map(({ lines }) => lines)).toEqual([
    [],
    [lineOf('a', 0).toString()],
    [lineOf('a', 1).toString()],
  ]);
});
