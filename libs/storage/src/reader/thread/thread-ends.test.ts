import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import { holdDatabase } from '../../store/testing/lock-holder.js';
import { MadeSession } from '../../store/testing/made-session.js';
import { codeOf } from '../../store/testing/scratch.js';
import { MadeThreads } from '../testing/made-threads.js';

// A thread has to load its modules first, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let threads: MadeThreads;
beforeEach(() => {
  threads = new MadeThreads();
});
afterEach(() => threads.close());

describe('a thread that dies', () => {
  it.each([
    ['throws', "port.on('message', () => { throw new Error('out of luck'); });", 'out of luck'],
    ['ends', "port.on('message', () => process.exit(3));", 'has ended'],
    ['has no file', undefined, 'missing.mjs'],
    [
      'takes too much memory',
      "const all = []; port.on('message', () => { for (;;) all.push(new Array(1e5).fill(all.length + 0.5)); });",
      'memory',
    ],
  ])('because it %s: rejects what was asked, and says so', async (_, script, reason) => {
    const warn = vi.fn();
    const entry =
      script === undefined ? pathToFileURL(threads.file('missing.mjs')) : threads.oddThread(script);
    const thread = threads.open({ entry, memoryMb: 32, log: { ...silentLog, warn } });
    const asked = [thread.sessions(), thread.lastEvent('x'), thread.readings('x').next()];
    const codes = await Promise.all(asked.map((question) => codeOf(() => question)));
    expect(codes).toEqual(['store_stopped', 'store_stopped', 'store_stopped']);
    await expect(asked[0]).rejects.toThrow(reason);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('is followed by another as soon as something is asked again', async () => {
    const mark = threads.file('mark');
    const entry = threads.oddThread(`
      import { existsSync, writeFileSync } from 'node:fs';
      if (existsSync(${JSON.stringify(mark)})) await import(${JSON.stringify(threads.sourceEntry.href)});
      else {
        writeFileSync(${JSON.stringify(mark)}, '');
        port.on('message', () => process.exit(1));
      }`);
    await threads.record(1);
    const thread = threads.open({ entry });
    expect(await codeOf(() => thread.sessions())).toBe('store_stopped');
    expect(existsSync(mark)).toBe(true);
    expect(await thread.sessions()).toHaveLength(1);
  });
});

describe('closing', () => {
  it('rejects what is asked and what comes, and lets go of the database', async () => {
    const session = await threads.record(1);
    // A process closes no file before it has let go of all its locks on it.
    await threads.database.store.close();
    const thread = threads.open();
    await thread.session(session);
    const waiting = codeOf(() => thread.statistics(session));
    await thread.close();
    expect(await waiting).toBe('store_stopped');
    expect(await codeOf(() => thread.sessions())).toBe('store_stopped');
    await thread.close();
    const files = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return [];
      }
    });
    expect(files.filter((file) => file.startsWith(threads.database.path))).toEqual([]);
  });

  it('in the middle of a question leaves no transaction open', async () => {
    const session = await threads.record(30_000);
    const thread = threads.open();
    await thread.session(session);
    const waiting = codeOf(() => thread.statistics(session));
    await new Promise((resolve) => setImmediate(resolve));
    await thread.close();
    expect(await waiting).toBe('store_stopped');
    const more = new MadeSession();
    await threads.database.add(more, [more.start()]);
    expect(await threads.database.store.checkpoint()).toBe(true);
  });

  it('is done at once when nothing was ever asked', async () => {
    await threads.open({ entry: threads.oddThread('for (;;);') }).close();
  });

  it('tells a thread that is at work', async () => {
    const mark = threads.file('mark');
    const entry = threads.oddThread(`
      import { writeFileSync } from 'node:fs';
      import { workerData } from 'node:worker_threads';
      const sign = new Int32Array(workerData.stop);
      port.on('message', () => {
        port.postMessage({ id: 1, result: [] });
        while (Atomics.load(sign, 0) === 0);
        writeFileSync(${JSON.stringify(mark)}, '');
        port.close();
      });`);
    const thread = threads.open({ entry });
    await thread.sessions();
    await thread.close();
    expect(existsSync(mark)).toBe(true);
  });

  it('ends work that has no end', async () => {
    const beat = threads.file('beat');
    const entry = threads.oddThread(`
      import { writeFileSync } from 'node:fs';
      port.on('message', () => {
        port.postMessage({ id: 1, result: [] });
        for (let i = 0; ; i++) writeFileSync(${JSON.stringify(beat)}, String(i));
      });`);
    const thread = threads.open({ entry });
    await thread.sessions();
    await thread.close();
    const lastBeat = () => statSync(beat).mtimeMs;
    await expect
      .poll(async () => {
        const before = lastBeat();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return lastBeat() === before;
      })
      .toBe(true);
  });

  it('waits for a statement that waits for a lock: it would end the process to end that one', async () => {
    await threads.record(1);
    await threads.database.store.close();
    const holder = await holdDatabase(
      threads.database.path,
      'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM annotations',
    );
    try {
      const thread = threads.open({ busyTimeoutMs: 3_000 });
      const waiting = codeOf(() => thread.sessions());
      // It is at it when it has answered nothing for as long as it takes to load.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await thread.close();
      expect(await waiting).toBe('store_stopped');
    } finally {
      await holder.release();
    }
  });
});
