import { describe, expect, it } from 'vitest';
import { encodeMessage, encodeRecord, newSessionId } from '@elmetron/protocol';
import { imageOf } from '../disk/image.js';
import { outcomesOf } from '../disk/outcomes.js';
import { DIRECTORY, fd, text, TraceText } from '../testing/trace-text.js';
import { Account } from './account.js';
import type { Act } from './recording.js';
import { replay } from './replay.js';

const PATIENCE = { ms: 1_000, records: 2 };
const GREETING = Buffer.concat([Buffer.from('ff00000000000000017f', 'hex'), Buffer.alloc(54)]);
const frame = (body: Buffer): Buffer => Buffer.concat([Buffer.from([0, body.length]), body]);
const session = newSessionId();
const ack = (seq: number): Buffer => frame(encodeMessage({ type: 'ack', session, seq }));

const traced = (trace: TraceText, left: Record<string, string>): Act => ({
  kind: 'trace',
  process: 'writer',
  trace: trace.toString(),
  left: new Map(Object.entries(left).map(([path, bytes]) => [path, Buffer.from(bytes)])),
});

/** Of each moment: what happened, what is only synced, what is acknowledged. */
function story(...acts: Act[]): string[] {
  const told: string[] = [];
  const recording = { directory: DIRECTORY, acts, account: new Account() };
  for (const { what, disk, owed } of replay(recording, { patience: PATIENCE })) {
    const [synced] = outcomesOf(disk);
    const files = synced === undefined ? [] : imageOf(disk, synced.outcome).files;
    const content = files.map(({ path, content: bytes }) => `${path}=${bytes().toString()}`);
    const { acknowledged } = owed(false);
    told.push(`${what}: ${content.join(' ')} | ${acknowledged[session] ?? '-'}`);
  }
  return told;
}

describe('a recorded process', () => {
  it('is gone through call by call: what is certain, and what is acknowledged', () => {
    const socket = fd(20, 'socket:[77]');
    const trace = new TraceText()
      .create(5, 'a')
      .write(5, 'a', 0, 'one')
      .on('fsync', 5, 'a')
      .openDirectory(6, '')
      .on('fsync', 6, '')
      .on('close', 6, '')
      .call('sendto', [socket, text(GREETING), '64', '0', 'NULL', '0'], 64)
      .begins('sendto', [socket, text(ack(4)), '60', '0', 'NULL', '0'], 9)
      .ends('sendto', ack(4).length, 9)
      .write(5, 'a', 3, 'two');
    expect(story(traced(trace, { a: 'onetwo' }))).toEqual([
      'the beginning:  | -',
      'writer: openat begins:  | -',
      'writer: openat ends:  | -',
      'writer: pwrite64 begins:  | -',
      'writer: pwrite64 ends:  | -',
      'writer: fsync ends:  | -',
      'writer: fsync ends: a=one | -',
      'writer: sendto begins: a=one | 4',
      'writer: pwrite64 begins: a=one | 4',
      'writer: pwrite64 ends: a=one | 4',
    ]);
  });

  it('may be followed by another on the same disk, of which nothing is certain that was not', () => {
    const first = new TraceText().create(5, 'a').write(5, 'a', 0, 'one');
    const second = new TraceText().call('unlink', [text('a')], 0);
    const told = story(traced(first, { a: 'one' }), traced(second, {}));
    expect(told.at(-1)).toBe('writer: unlink ends:  | -');
  });

  it('is not believed when the disk holds something else in the end', () => {
    const trace = new TraceText().create(5, 'a').write(5, 'a', 0, 'one');
    expect(() => story(traced(trace, { a: 'two' }))).toThrow(/not what the disk holds: a/);
    expect(() => story(traced(trace, { a: 'one', b: '' }))).toThrow(/not what the disk holds: b/);
  });

  it('may be killed before strace has read what it was about to write', () => {
    const trace = new TraceText()
      .create(5, 'a')
      .begins('pwrite64', [fd(5, `${DIRECTORY}/a`), '0x7f12a4', '4990', '10'], 9);
    expect(story(traced(trace, { a: '' })).at(-1)).toBe('writer: openat ends:  | -');
  });

  it.each([
    ['not begun', 'a'.repeat(10)],
    ['cut off at the end of a page', 'a'.repeat(4096)],
    ['done', 'a'.repeat(5000)],
  ])('may be killed in a write: the disk tells that it was %s', (_, content) => {
    const first = new TraceText()
      .create(5, 'a')
      .write(5, 'a', 0, 'a'.repeat(10))
      .begins('pwrite64', [fd(5, `${DIRECTORY}/a`), text('a'.repeat(4990)), '4990', '10'], 9)
      .begins('unlink', [text('a')], 8);
    const next = new TraceText()
      .create(5, 'a', 'O_RDWR|O_CLOEXEC')
      .on('fsync', 5, 'a')
      .openDirectory(6, '')
      .on('fsync', 6, '');
    const told = story(traced(first, { a: content }), traced(next, { a: content }));
    expect(told.at(-1)).toBe(`writer: fsync ends: a=${content} | -`);
  });

  it.each([
    ['fallocate', [fd(5, `${DIRECTORY}/a`), '0', '0', '4096']],
    ['copy_file_range', [fd(9, '/etc/hosts'), 'NULL', fd(5, `${DIRECTORY}/a`), 'NULL', '9', '0']],
    ['symlink', [text('a'), text(`${DIRECTORY}/b`)]],
    ['mmap', ['NULL', '4096', 'PROT_READ|PROT_WRITE', 'MAP_SHARED', fd(5, `${DIRECTORY}/a`), '0']],
    ['io_uring_setup', ['8', '0x7f']],
  ])('is refused when it calls %s, which the model does not know', (name, args) => {
    const trace = new TraceText().create(5, 'a').call(name, args, 0);
    expect(() => story(traced(trace, { a: '' }))).toThrow(
      expect.objectContaining({ code: 'unknown_call' }),
    );
  });

  it('may do elsewhere what it likes', () => {
    const trace = new TraceText()
      .call('write', [fd(1, 'pipe:[3]'), text('log'), '3'], 3)
      .call('fallocate', [fd(9, '/tmp/x'), '0', '0', '4096'], 0)
      .call('mkdir', [text('/tmp/y'), '0777'], 0);
    expect(story(traced(trace, {}))).toEqual(['the beginning:  | -']);
  });
});

describe('a record in the spool', () => {
  const line = (seq: number): Buffer =>
    encodeRecord({
      v: 1,
      type: 'audit_event',
      session,
      seq,
      at: '2026-01-01T00:00:00.000Z',
      level: 'info',
      category: 'link',
      message: 'm',
      payload: {},
    });
  const path = 'x_spool.jsonl';
  const spooled = (trace: TraceText, seq: number, offset: number): TraceText =>
    trace.write(5, path, offset, Buffer.concat([line(seq), Buffer.from('\n')]));
  const kept = (trace: TraceText, killed: boolean): readonly number[] => {
    const content = [1, 2, 3].map((seq) => `${line(seq).toString()}\n`).join('');
    const acts = [traced(trace, { [path]: content })];
    const moments = replay(
      { directory: DIRECTORY, acts, account: new Account() },
      { patience: PATIENCE },
    );
    return [...moments].at(-1)?.owed(killed).kept[session] ?? [];
  };
  const three = (): TraceText => {
    const trace = new TraceText().create(5, path);
    let offset = 0;
    for (const seq of [1, 2, 3]) {
      spooled(trace, seq, offset);
      offset += line(seq).length + 1;
      trace.pass(0.6);
    }
    return trace;
  };

  it('has to be there after a kill, and after a power cut when it has waited long enough', () => {
    expect(kept(three(), true)).toEqual([1, 2, 3]);
    expect(kept(three(), false)).toEqual([1]);
  });

  it('may go when its acknowledgement was received', () => {
    const socket = fd(20, 'socket:[77]');
    const trace = three()
      .call('recvfrom', [socket, text(GREETING), '8192', '0', 'NULL', 'NULL'], 64)
      .call('recvfrom', [socket, text(ack(2)), '8192', '0', 'NULL', 'NULL'], ack(2).length);
    expect(kept(trace, true)).toEqual([3]);
    expect(kept(trace, false)).toEqual([]);
  });
});
