import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { joinLines } from './batch-body.js';
import { decodeConsumerMessage, encodeMessage, type ConsumerMessage } from './messages.js';
import type { SendOutcome } from './send-loop.js';
import type { ReceivedBatch } from './stream-handler.js';
import { StreamReceiver } from './stream-receiver.js';
import { lineOf } from './testing/memory-source.js';
import { OwnedClock } from './testing/owned-clock.js';
import { RecordingLog } from './testing/recording-log.js';

let clock: OwnedClock;
let log: RecordingLog;
let batches: ReceivedBatch[];
let told: string[];
let wanted: boolean;
let receiver: StreamReceiver;

beforeEach(() => {
  clock = new OwnedClock();
  log = new RecordingLog();
  batches = [];
  told = [];
  wanted = true;
  receiver = new StreamReceiver({
    consumer: 'writer',
    run: 'r1',
    window: 100,
    clock,
    log,
    handler: {
      wants: () => wanted,
      welcome: (source, sessions) => told.push(`welcome ${source}: ${sessions.join(' ')}`),
      batch: (batch) => batches.push(batch),
      fenced: (source) => told.push(`fenced by ${source}`),
      connection: (state, reason) =>
        told.push(reason === undefined ? state : `${state}: ${reason}`),
    },
  });
});

function sendAll(outcome: SendOutcome = 'queued'): ConsumerMessage[] {
  const sent: ConsumerMessage[] = [];
  for (let out = receiver.next(); out !== undefined; out = receiver.next()) {
    const result = decodeConsumerMessage([...out.frames]);
    if (!result.ok) throw new Error(result.reason);
    if (outcome === 'queued') sent.push(result.message);
    receiver.settled(out, outcome);
  }
  return sent;
}

function types(): string[] {
  return sendAll().map(({ type }) => type);
}

/** Acknowledgements and whatever else is sent, in short. */
function acks(): string[] {
  return sendAll().map((m) => (m.type === 'ack' ? `${m.session} ${m.seq}` : m.type));
}

function welcome(...sessions: string[]): void {
  const listed = sessions.map((session) => ({ session, last: 0 }));
  receiver.receive([encodeMessage({ type: 'welcome', source: 'bench-1', sessions: listed })]);
}

/** Lines `first` to `last`; `released` undefined as of a source that does not say it. */
function batch(
  session: string,
  prev: number,
  first: number,
  last: number,
  released?: number,
): void {
  const lines: Buffer[] = [];
  for (let seq = first; seq <= last; seq += 1) lines.push(lineOf(session, seq));
  const header = { session, prev, first, count: lines.length };
  const said = released === undefined ? header : { ...header, released };
  receiver.receive([encodeMessage({ type: 'batch', ...said }), joinLines(lines)]);
}

function heartbeat(...unacknowledged: { session: string; seq: number }[]): void {
  receiver.receive([encodeMessage({ type: 'heartbeat', unacknowledged })]);
}

function refused(code: 'unknown_consumer' | 'hello_first', reason = 'no'): void {
  receiver.receive([encodeMessage({ type: 'refused', reason, code })]);
}

function pass(ms: number, step = 200): void {
  for (let left = ms; left > 0; left -= step) {
    clock.advance(Math.min(step, left));
    receiver.tick();
  }
}

/** Connected, with session a begun and lines 0 to `last` handed out. */
function connected(last = 0): void {
  receiver.tick();
  sendAll();
  welcome('a');
  batch('a', -1, 0, 0, -1);
  if (last > 0) batch('a', 0, 1, last, -1);
}

function handedOut(): string[] {
  return batches.map(({ session, first, count, hole }) => {
    const range = `${session} ${first}..${first + count - 1}`;
    return hole === undefined ? range : `${range} hole ${hole.from}..${hole.to}`;
  });
}

describe('a source that is not wanted', () => {
  it('is handed out from its first line once it is, and acknowledged for nothing before', () => {
    wanted = false;
    connected(3);
    expect(told).toEqual(['connecting', 'connected']);
    pass(4_900, 100);
    expect(types()).toEqual([]);
    wanted = true;
    pass(100);
    expect(types()).toEqual(['hello']);
    welcome('a');
    batch('a', -1, 0, 0, -1);
    batch('a', 0, 1, 5, -1);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..5']);
    receiver.acknowledge('a', 5);
    expect(acks()).toEqual(['a 5']);
  });
});

describe('the hello', () => {
  it('names consumer, run and window, and is said again until it is welcomed', () => {
    receiver.tick();
    expect(sendAll()).toEqual([
      { v: 1, type: 'hello', consumer: 'writer', run: 'r1', window: 100 },
    ]);
    pass(800);
    expect(types()).toEqual([]);
    pass(200);
    expect(types()).toEqual(['hello']);
    welcome('a', 'b');
    pass(800);
    expect(types()).toEqual([]);
    pass(200);
    expect(types()).toEqual(['heartbeat']);
    expect(told).toEqual(['connecting', 'connected', 'welcome bench-1: a b']);
  });

  it('that finds no connection is tried again at the next tick', () => {
    receiver.tick();
    expect(sendAll('full')).toEqual([]);
    expect(types()).toEqual([]);
    pass(100);
    expect(types()).toEqual(['hello']);
    expect(receiver.counters).toMatchObject({ hellos: 1, full: 1 });
  });
});

describe('a batch', () => {
  it('is handed out with its session, its start line and its bytes in one piece', () => {
    connected(3);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..3']);
    const [start, next] = batches;
    expect(start).toMatchObject({ source: 'bench-1', session: 'a', first: 0 });
    expect(start?.startLine.toString()).toBe('a:0');
    expect(next?.startLine.toString()).toBe('a:0');
    expect(next?.count).toBe(3);
    expect(next?.bytes.toString()).toBe('a:1\na:2\na:3\n');
  });

  it('that came before is dropped, and in part if only a part is new', () => {
    connected(3);
    batch('a', 0, 1, 3, -1);
    batch('a', 1, 2, 5, -1);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..3', 'a 4..5']);
    expect(batches[2]?.bytes.toString()).toBe('a:4\na:5\n');
    expect(receiver.counters).toMatchObject({ records: 6, duplicates: 5, batches: 4 });
  });

  it('that does not join makes it say hello, and nothing is acknowledged over it', () => {
    connected(3);
    batch('a', 5, 6, 7, -1);
    receiver.acknowledge('a', 3);
    expect(sendAll()).toMatchObject([{ type: 'hello', run: 'r1' }]);
    batch('a', 3, 4, 5, -1);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..3']);
    expect(receiver.counters).toMatchObject({ gaps: 1, stale: 1 });
    welcome('a');
    batch('a', -1, 0, 0, -1);
    batch('a', 0, 1, 7, -1);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..3', 'a 4..7']);
    expect(acks()).toEqual(['a 3']);
    receiver.acknowledge('a', 8);
    expect(acks()).toEqual([]);
    expect(receiver.counters.acksRefused).toBe(1);
  });

  it('that does not join although everything was just begun anew has the hello wait', () => {
    connected(3);
    for (let i = 0; i < 2; i += 1) {
      batch('a', 5, 6, 7, -1);
      if (i === 0) expect(types()).toEqual(['hello']);
      welcome('a');
    }
    batch('a', 5, 6, 7, -1);
    expect(types()).toEqual([]);
    pass(1000);
    expect(types()).toEqual(['hello']);
  });

  it('of a session whose start line never came does not join', () => {
    connected();
    batch('b', 0, 1, 2, -1);
    expect(handedOut()).toEqual(['a 0..0']);
    expect(types()).toEqual(['hello']);
  });

  it('begins where the source says that nothing before is owed', () => {
    sendAll();
    welcome('a');
    batch('a', -1, 0, 0, 40);
    batch('a', 40, 41, 42, 40);
    expect(handedOut()).toEqual(['a 41..42']);
    expect(batches[0]?.startLine.toString()).toBe('a:0');
    receiver.acknowledge('a', 42);
    expect(acks()).toEqual(['a 42']);
  });

  it('is not taken for the beginning when the one before it was lost', () => {
    sendAll();
    welcome('a');
    batch('a', -1, 0, 0, 40);
    batch('a', 42, 43, 44, 40);
    expect(handedOut()).toEqual([]);
    expect(types()).toEqual(['hello']);
  });

  it('that is the first after a hello is the beginning for a source that says nothing of it', () => {
    sendAll();
    welcome('a');
    batch('a', -1, 0, 0);
    batch('a', 40, 41, 42);
    expect(handedOut()).toEqual(['a 0..0', 'a 41..42']);
    batch('a', 44, 45, 45);
    expect(types()).toEqual(['hello']);
    expect(batches).toHaveLength(2);
  });

  it('after a hole that the source declares is handed out with it', () => {
    connected(3);
    batch('a', 3, 8, 9, -1);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..3', 'a 8..9 hole 4..7']);
    receiver.acknowledge('a', 9);
    expect(acks()).toEqual(['a 9']);
    expect(receiver.counters.holes).toBe(1);
  });

  it('has a hole only for what was not handed out before', () => {
    connected(5);
    batch('a', 3, 8, 9, -1);
    expect(handedOut().at(-1)).toBe('a 8..9 hole 6..7');
    batch('a', 6, 8, 10, -1);
    expect(handedOut().at(-1)).toBe('a 10..10');
  });

  it.each([
    ['a line too few', 0, 1, 3, 'x\ny\n'],
    ['a line too many', 0, 1, 1, 'x\ny\n'],
    ['half a line', 0, 1, 2, 'x\ny'],
    ['a prev that is not before it', 1, 1, 1, 'x\n'],
  ])('with %s is malformed', (_, prev, first, count, text) => {
    connected();
    const header = { type: 'batch', session: 'a', prev, first, count, released: -1 } as const;
    receiver.receive([encodeMessage(header), Buffer.from(text)]);
    expect(handedOut()).toEqual(['a 0..0']);
    expect(receiver.counters.malformed).toBe(1);
    batch('a', 0, 1, 1, -1);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..1']);
  });
});

describe('an acknowledgement', () => {
  it('is sent once, the newest per session', () => {
    connected(9);
    receiver.acknowledge('a', 3);
    receiver.acknowledge('a', 7);
    receiver.acknowledge('a', 5);
    expect(acks()).toEqual(['a 7']);
    expect(acks()).toEqual([]);
    expect(receiver.counters.acks).toBe(1);
  });

  it('is never sent for what was not handed out', () => {
    connected(3);
    receiver.acknowledge('a', 4);
    receiver.acknowledge('unheard-of', 1);
    expect(acks()).toEqual([]);
    expect(receiver.counters.acksRefused).toBe(1);
  });

  it('is sent again when its lines come again, but not above them', () => {
    connected(9);
    receiver.acknowledge('a', 7);
    expect(acks()).toEqual(['a 7']);
    refused('hello_first');
    sendAll();
    welcome('a');
    receiver.acknowledge('a', 8);
    expect(acks()).toEqual([]);
    batch('a', -1, 0, 0, 2);
    expect(acks()).toEqual([]);
    batch('a', 2, 3, 5, 2);
    expect(acks()).toEqual(['a 5']);
    batch('a', 5, 6, 9, 2);
    expect(acks()).toEqual(['a 8']);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..9']);
  });

  it('is sent again when the source says in its heartbeat that it has not got it', () => {
    connected(9);
    receiver.acknowledge('a', 7);
    expect(acks()).toEqual(['a 7']);
    heartbeat({ session: 'a', seq: 9 });
    expect(acks()).toEqual(['a 7']);
  });

  it('that finds the queue full is sent at the next tick', () => {
    connected(9);
    receiver.acknowledge('a', 7);
    sendAll('full');
    expect(acks()).toEqual([]);
    pass(200);
    expect(acks()).toEqual(['a 7']);
  });
});

describe('a heartbeat', () => {
  it('that names what never came makes it say hello', () => {
    connected(3);
    heartbeat({ session: 'a', seq: 3 });
    expect(types()).toEqual([]);
    heartbeat({ session: 'a', seq: 4 });
    expect(types()).toEqual(['hello']);
    welcome('a');
    batch('a', -1, 0, 0, -1);
    batch('a', 0, 1, 4, -1);
    heartbeat({ session: 'b', seq: 0 });
    expect(types()).toEqual(['hello']);
  });

  it('before the welcome says nothing of what is to come', () => {
    sendAll();
    heartbeat({ session: 'a', seq: 4 });
    expect(types()).toEqual([]);
    expect(receiver.counters.gaps).toBe(0);
  });
});

describe('a refusal', () => {
  it('of the name is told, and the hello tried again at a slow pace', () => {
    receiver.tick();
    sendAll();
    refused('unknown_consumer', 'no such consumer');
    refused('unknown_consumer', 'no such consumer');
    expect(told).toEqual(['connecting', 'refused: no such consumer']);
    pass(4800);
    expect(types()).toEqual([]);
    pass(200);
    expect(types()).toEqual(['hello']);
    refused('unknown_consumer', 'no such consumer');
    pass(4800);
    expect(types()).toEqual([]);
    expect(receiver.takeReopen()).toBe(false);
    pass(200);
    expect(types()).toEqual(['hello']);
    welcome('a');
    expect(told.slice(2)).toEqual(['connected', 'welcome bench-1: a']);
  });

  it('that asks for a hello gets one at once', () => {
    connected();
    refused('hello_first');
    expect(types()).toEqual(['hello']);
    refused('hello_first');
    expect(types()).toEqual([]);
    welcome('a');
    refused('hello_first');
    expect(types()).toEqual(['hello']);
  });
});

describe('fencing', () => {
  it('is told and final', () => {
    connected(3);
    receiver.receive([encodeMessage({ type: 'fenced', run: 'r1', source: 'bench-1' })]);
    expect(told.at(-1)).toBe('fenced by bench-1');
    receiver.acknowledge('a', 3);
    welcome('a');
    batch('a', 3, 4, 5, -1);
    refused('hello_first');
    pass(60_000);
    expect(sendAll()).toEqual([]);
    expect(receiver.takeReopen()).toBe(false);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..3']);
    expect(receiver.counters.fenced).toBe(1);
  });

  it('by a newer run is final too; by an older one the source is taken back', () => {
    connected(3);
    sendAll();
    receiver.receive([encodeMessage({ type: 'fenced', run: 'r1', by: 'r0' })]);
    expect(receiver.state).toBe('greeting');
    expect(types()).toEqual(['hello']);
    // Told once more before that hello has arrived: not a hello for each word.
    receiver.receive([encodeMessage({ type: 'fenced', run: 'r1', by: 'r0' })]);
    expect(types()).toEqual([]);
    welcome('a');
    expect(receiver.state).toBe('welcomed');
    expect(receiver.counters).toMatchObject({ contested: 2, fenced: 0 });
    receiver.receive([encodeMessage({ type: 'fenced', run: 'r1', by: 'r2' })]);
    expect(receiver.state).toBe('fenced');
  });

  it('of another run is not meant', () => {
    connected();
    receiver.receive([encodeMessage({ type: 'fenced', run: 'r0' })]);
    expect(receiver.state).toBe('welcomed');
  });
});

it('says hello to whoever is reached after the connection was lost', () => {
  connected(3);
  receiver.disconnected();
  receiver.disconnected();
  sendAll('full');
  receiver.acknowledge('a', 3);
  pass(200);
  expect(types()).toEqual(['hello']);
  receiver.disconnected();
  expect(types()).toEqual([]);
  expect(told).toEqual(['connecting', 'connected', 'welcome bench-1: a']);
});

it('says hello again to a connection that is new: the last one may have gone with the one before', () => {
  expect(types()).toEqual(['hello']);
  receiver.connected();
  expect(types(), 'not to the first one').toEqual([]);
  connected(3);
  sendAll();
  receiver.disconnected();
  expect(types()).toEqual(['hello']);
  receiver.connected();
  expect(types()).toEqual(['hello']);
  welcome('a');
  receiver.connected();
  expect(types()).not.toContain('hello');
});

describe('silence', () => {
  it('makes it start over with a new link', () => {
    connected(3);
    pass(4000);
    heartbeat();
    pass(5000);
    expect(receiver.takeReopen()).toBe(false);
    sendAll();
    pass(200);
    expect(receiver.takeReopen()).toBe(true);
    expect(receiver.takeReopen()).toBe(false);
    expect(types()).toEqual(['hello']);
    expect(told.at(-1)).toBe('connecting');
    pass(5000);
    expect(receiver.takeReopen()).toBe(false);
    pass(200);
    expect(receiver.takeReopen()).toBe(true);
    welcome('a');
    expect(told.slice(-2)).toEqual(['connected', 'welcome bench-1: a']);
    expect(receiver.counters.silences).toBe(2);
  });

  it('is not what a held up process takes for it', () => {
    connected();
    clock.advance(60_000);
    receiver.tick();
    expect(receiver.takeReopen()).toBe(false);
  });

  it('is not broken by nonsense', () => {
    connected();
    for (let i = 0; i < 26; i += 1) {
      receiver.receive([Buffer.from('nonsense')]);
      pass(200);
    }
    expect(receiver.takeReopen()).toBe(true);
  });
});

describe('a welcome', () => {
  it('that comes unasked tells what is left, and disturbs nothing', () => {
    connected(3);
    receiver.acknowledge('a', 3);
    sendAll();
    batch('b', -1, 0, 0, -1);
    welcome('b');
    expect(told.at(-1)).toBe('welcome bench-1: b');
    batch('b', 0, 1, 1, -1);
    receiver.acknowledge('b', 1);
    receiver.acknowledge('a', 3);
    expect(acks()).toEqual(['b 1']);
    expect(handedOut()).toEqual(['a 0..0', 'a 1..3', 'b 0..0', 'b 1..1']);
  });
});

describe('a message that is not of the stream', () => {
  it('is counted, logged seldom and ignored', () => {
    connected(3);
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }), (frames) => {
        receiver.receive(frames.map((frame) => Buffer.from(frame)));
      }),
      { numRuns: 200 },
    );
    receiver.receive([Buffer.from('{"v":2,"type":"welcome","source":"x","sessions":[]}')]);
    expect(receiver.counters.malformed).toBe(201);
    expect(log.lines).toHaveLength(1);
    batch('a', 3, 4, 4, -1);
    expect(handedOut().at(-1)).toBe('a 4..4');
  });
});

describe('a source that keeps to no window', () => {
  beforeEach(() => {
    receiver.tick();
    sendAll();
    welcome('a');
  });

  it('is handed on up to twice the window; the rest is left out, and comes again', () => {
    batch('a', -1, 0, 99);
    batch('a', 99, 100, 199);
    expect(receiver.counters.overruns).toBe(0);
    batch('a', 199, 200, 200);
    expect(receiver.counters.overruns).toBe(1);
    expect(batches.map(({ first }) => first)).toEqual([0, 100]);
    expect(types()).toEqual(['hello']);
    expect(log.lines.at(-1)?.fields).toMatchObject({ kind: 'overrun', records: 200 });

    receiver.acknowledge('a', 149);
    welcome('a');
    batch('a', -1, 0, 0);
    batch('a', 0, 1, 250);
    expect(receiver.counters.overruns).toBe(2);
    receiver.acknowledge('a', 199);
    sendAll();
    welcome('a');
    batch('a', 199, 200, 201);
    expect(batches.map(({ first }) => first)).toEqual([0, 100, 200]);
    receiver.acknowledge('a', 201);
    expect(acks()).toEqual(['a 201']);
  });

  it('cannot make room by no longer listing what it sent', () => {
    batch('a', -1, 0, 149);
    welcome();
    welcome('b');
    batch('b', -1, 0, 99);
    expect(receiver.counters.overruns).toBe(1);
    receiver.acknowledge('a', 149);
    sendAll();
    welcome('b');
    batch('b', -1, 0, 99);
    expect(batches.map(({ session }) => session)).toEqual(['a', 'b']);
  });

  it('may send one batch of any size when nothing is outstanding', () => {
    batch('a', -1, 0, 999);
    expect(receiver.counters.overruns).toBe(0);
    expect(batches).toHaveLength(1);
  });
});

it('a welcome that nobody asked for does not undo a refusal', () => {
  receiver.tick();
  sendAll();
  refused('unknown_consumer');
  welcome('a');
  refused('unknown_consumer');
  expect(told).toEqual(['connecting', 'refused: no']);
  pass(6000);
  expect(types()).toEqual(['hello']);
  welcome('a');
  expect(told.slice(2)).toEqual(['connected', 'welcome bench-1: a']);
});
