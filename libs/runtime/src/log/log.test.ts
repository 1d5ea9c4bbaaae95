import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LineOutput } from './line-output.js';
import { createLog, type LogOptions } from './log.js';

/** What a log writes into a file; the file is read before anything could be written later. */
function written(
  options: Omit<LogOptions, 'name' | 'output'>,
  say: (log: ReturnType<typeof createLog>) => void,
) {
  const dir = mkdtempSync(join(tmpdir(), 'log-'));
  const fd = openSync(join(dir, 'log'), 'w');
  try {
    say(createLog({ name: 'writer', output: new LineOutput(fd), ...options }));
    return readFileSync(join(dir, 'log'), 'utf8');
  } finally {
    closeSync(fd);
    rmSync(dir, { recursive: true });
  }
}

describe('the log', () => {
  it('is one JSON line each, written before the call returns', () => {
    const text = written({ level: 'info' }, (log) => {
      log.info({ session: 'a' }, 'Session began');
      log.debug({}, 'not shown');
      log.child({ source: 'bench-1' }).fatal({ err: new Error('why') }, 'Over');
    });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      level: 30,
      name: 'writer',
      session: 'a',
      msg: 'Session began',
      pid: process.pid,
    });
    expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(lines[1]).toMatchObject({ level: 60, source: 'bench-1', err: { message: 'why' } });
    expect((lines[1]?.['err'] as { stack: string }).stack).toContain('log.test.ts');
  });

  it('is readable when asked, and written before the call returns all the same', () => {
    const text = written({ level: 'info', pretty: true }, (log) =>
      log.info({ a: 1 }, 'Session began'),
    );
    expect(text).toContain('Session began');
    expect(() => JSON.parse(text) as unknown).toThrow();
  });
});

describe('an output', () => {
  /** Takes what `room` allows, else fails with `code`. */
  function output(options: { code?: string; maxWaitingBytes?: number } = {}) {
    const taken: string[] = [];
    const state = { room: 0, code: options.code ?? 'EAGAIN' };
    const line = new LineOutput(1, {
      maxWaitingBytes: options.maxWaitingBytes ?? 1000,
      flushWithinMs: 20,
      write(_fd, bytes) {
        if (state.room === 0) throw Object.assign(new Error(state.code), { code: state.code });
        const piece = bytes.subarray(0, state.room);
        state.room -= piece.length;
        taken.push(Buffer.from(piece).toString());
        return piece.length;
      },
    });
    return { line, state, text: () => taken.join('') };
  }

  it.each(['EAGAIN', 'ENOSPC', 'EIO'])(
    'that takes nothing for a while (%s) gets all of it later, in order',
    (code) => {
      const { line, state, text } = output({ code });
      state.room = 3;
      line.write('first\n');
      line.write('second\n');
      expect(text()).toBe('fir');
      state.room = 1000;
      line.write('third\n');
      expect(text()).toBe('first\nsecond\nthird\n');
    },
  );

  it('that was only slow gets what waits without a further line', async () => {
    const { line, state, text } = output();
    line.write('last\n');
    state.room = 1000;
    await expect.poll(text).toBe('last\n');
  });

  it('is waited for before an exit, but not for ever', () => {
    const { line, state, text } = output();
    line.write('last\n');
    line.flush();
    expect(text()).toBe('');
    state.room = 1000;
    line.flush();
    expect(text()).toBe('last\n');
  });

  it('that takes nothing for long costs bounded memory, and the loss is told', () => {
    const { line, state, text } = output({ code: 'EPIPE', maxWaitingBytes: 12 });
    const lost: number[] = [];
    line.onLost = (lines) => lost.push(lines);
    for (let i = 0; i < 5; i++) line.write(`line${i}\n`);
    state.room = 1000;
    line.flush();
    expect(text()).toBe('line0\nline1\n');
    expect(lost).toEqual([3]);
  });
});
