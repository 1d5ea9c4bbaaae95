import { describe, expect, test } from 'vitest';
import { MemorySpool } from '../testing/memory-spool.js';
import { Outbox } from './outbox.js';

const line = (text: string): Buffer => Buffer.from(text);

function setup(consumers = ['writer', 'archive']) {
  const spool = new MemorySpool();
  const kept: string[] = [];
  const outbox = new Outbox({
    source: 'bench-1',
    consumers,
    spool,
    kept: (bytes) => {
      // Whoever hears of a record can read it already.
      expect(spool.sessions().some(({ lines }) => lines.includes(bytes))).toBe(true);
      kept.push(bytes.toString());
    },
  });
  return { spool, outbox, kept };
}

test('a record is in the spool before anybody hears of it', () => {
  const { outbox, kept } = setup();
  const session = outbox.begin('s', line('start'));
  session.append(line('one'), false);
  expect(kept).toEqual(['start', 'one']);
});

test('nobody hears of a record that was not kept', () => {
  const { outbox, spool, kept } = setup();
  const session = outbox.begin('s', line('start'));
  spool.full = true;
  expect(() => {
    session.append(line('one'), false);
  }).toThrow(expect.objectContaining({ code: 'spool_full' }));
  expect(kept).toEqual(['start']);
});

describe('a record is let go', () => {
  function withFive() {
    const parts = setup();
    const session = parts.outbox.begin('s', line('start'));
    for (let n = 1; n <= 5; n++) session.append(line(String(n)), false);
    const first = () => parts.spool.sessions()[0]?.first;
    return { ...parts, session, first };
  }

  test('when the slowest of the consumers has it', () => {
    const { outbox, first } = withFive();
    outbox.acknowledge('writer', 's', 5);
    expect(first()).toBe(0);
    outbox.acknowledge('archive', 's', 2);
    expect(first()).toBe(3);
    expect(outbox.acknowledged('writer', 's')).toBe(5);
    expect(outbox.acknowledged('archive', 's')).toBe(2);
    expect(outbox.unacknowledged()).toEqual({ writer: 0, archive: 3 });
    outbox.acknowledge('archive', 's', 5);
    expect(first()).toBe(6);
  });

  test('never because of somebody who is not named', () => {
    const { outbox, first } = withFive();
    outbox.acknowledge('writer', 's', 5);
    outbox.acknowledge('stranger', 's', 5);
    expect(first()).toBe(0);
  });

  test('never by an acknowledgement that goes back or beyond what there is', () => {
    const { outbox, session } = withFive();
    outbox.acknowledge('writer', 's', 99);
    outbox.acknowledge('writer', 's', 1);
    expect(outbox.acknowledged('writer', 's')).toBe(5);
    session.append(line('6'), false);
    expect(outbox.acknowledged('writer', 's')).toBe(5);
  });

  test('and the session with the last of them, when it is over', () => {
    const { outbox, session } = withFive();
    outbox.acknowledge('writer', 's', 5);
    outbox.acknowledge('archive', 's', 5);
    expect(outbox.sessions()).toHaveLength(1);
    session.finish();
    expect(outbox.sessions()).toEqual([]);
    expect(outbox.unacknowledged()).toEqual({ writer: 0, archive: 0 });
  });
});

test('what an earlier life left is owed from where it was let go', () => {
  const { outbox, spool } = setup(['writer']);
  const left = spool.begin('old', line('start'));
  for (let n = 1; n <= 4; n++) left.append(line(String(n)));
  left.release(2);
  left.finish();
  outbox.begin('new', line('start'));
  expect(outbox.sessions().map(({ session }) => session)).toEqual(['old', 'new']);
  expect(outbox.acknowledged('writer', 'old')).toBe(2);
  expect(outbox.acknowledged('writer', 'new')).toBe(-1);
  expect(outbox.read('old', 2, { records: 10, bytes: 1000 })).toMatchObject({ prev: 2, first: 3 });
  outbox.acknowledge('writer', 'old', 4);
  expect(outbox.sessions().map(({ session }) => session)).toEqual(['new']);
});

test('near its limit the spool takes last words only', () => {
  const { outbox, spool } = setup();
  spool.maxBytes = 1000;
  const session = outbox.begin('s', line('start'));
  const full = (): void => {
    for (;;) session.append(line('x'.repeat(99)), false);
  };
  expect(full).toThrow(expect.objectContaining({ code: 'spool_full' }));
  expect(spool.bytes).toBeLessThanOrEqual(950);
  session.append(line('x'.repeat(40)), true);
});
