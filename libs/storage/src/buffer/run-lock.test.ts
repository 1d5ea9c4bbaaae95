import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseLock } from './database-lock.js';
import { lockFileName, parseLockFileName, RunLock } from './run-lock.js';
import { Child } from './testing/child.js';

const MODULES = {
  runLock: new URL('./run-lock.ts', import.meta.url),
  databaseLock: new URL('./database-lock.ts', import.meta.url),
};
let dir: string;
let children: Child[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'run-lock-'));
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  children = [];
  rmSync(dir, { recursive: true, force: true });
});

function child(code: string, flags?: readonly string[]): Child {
  const started = new Child(`const dir = ${JSON.stringify(dir)};\n${code}`, MODULES, flags);
  children.push(started);
  return started;
}

const HOLD = `runLock.RunLock.acquire(dir, 'r1'); say('held'); await heard();`;

describe('a run', { timeout: 30_000 }, () => {
  test('is alive as long as its process, and dead when that is killed', async () => {
    const holder = child(HOLD);
    expect(await holder.said()).toBe('held');
    expect(RunLock.tryTake(dir, 'r1')).toBeUndefined();
    expect(RunLock.isHeld(dir, 'r1')).toBe(true);
    expect(() => RunLock.acquire(dir, 'r1')).toThrow(
      expect.objectContaining({ code: 'lock_held' }),
    );
    await holder.kill();
    expect(RunLock.isHeld(dir, 'r1')).toBe(false);
    // To look makes no lock of a run that has none.
    expect(RunLock.isHeld(dir, 'r2')).toBe(false);
    expect(readdirSync(dir)).toEqual([lockFileName('r1')]);
    const lock = RunLock.tryTake(dir, 'r1');
    expect(lock?.run).toBe('r1');
    lock?.release();
  });

  test('stays alive when its garbage is collected', async () => {
    const collecting = `${HOLD.replace('await heard();', '')}
      for (let n = 0; n < 20; n++) { gc(); await new Promise((go) => setImmediate(go)); }
      say('collected'); await heard();`;
    const holder = child(collecting, ['--expose-gc']);
    expect(await holder.said()).toBe('held');
    expect(await holder.said()).toBe('collected');
    expect(RunLock.tryTake(dir, 'r1')).toBeUndefined();
  });

  test('that another one asked about stays alive', async () => {
    const holder = child(HOLD);
    await holder.said();
    for (let n = 0; n < 3; n++) expect(RunLock.tryTake(dir, 'r1')).toBeUndefined();
    const asking = child(`say(String(runLock.RunLock.tryTake(dir, 'r1')))`);
    expect(await asking.said()).toBe('undefined');
  });

  test('is alive for its own process too', () => {
    const lock = RunLock.acquire(dir, 'r1');
    expect(RunLock.tryTake(dir, 'r1')).toBeUndefined();
    // Neither the question nor its answer may have dropped the lock.
    expect(RunLock.tryTake(dir, 'r1')).toBeUndefined();
    lock.release();
    const again = RunLock.acquire(dir, 'r1');
    again.release();
    again.release();
  });

  test('is told apart from others in the same directory', () => {
    const locks = ['r1', 'r2', 'spool'].map((run) => RunLock.acquire(dir, run));
    expect(readdirSync(dir).map(parseLockFileName).sort()).toEqual(['r1', 'r2', 'spool']);
    for (const lock of locks) lock.release();
  });

  test('leaves nothing but its lock file, and not even that when asked', () => {
    const lock = RunLock.acquire(dir, 'r1');
    expect(readdirSync(dir)).toEqual([lockFileName('r1')]);
    lock.release();
    expect(readdirSync(dir)).toEqual([lockFileName('r1')]);
    RunLock.acquire(dir, 'r1').release({ remove: true });
    expect(readdirSync(dir)).toEqual([]);
  });

  test('cannot be held in a directory that cannot be used', () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    for (const place of [join(file, 'below'), join(dir, 'missing')]) {
      const refused: unknown = expect.objectContaining({ code: 'buffer_unwritable' });
      expect(() => RunLock.acquire(place, 'r1')).toThrow(refused);
      expect(() => RunLock.tryTake(place, 'r1')).toThrow(refused);
    }
    writeFileSync(join(dir, lockFileName('other')), 'a file of somebody else');
    expect(() => RunLock.acquire(dir, 'other')).toThrow(
      expect.objectContaining({ code: 'buffer_unwritable' }),
    );
  });
});

test('of many takers at the same moment exactly one wins, again and again', async () => {
  const rounds = 15;
  const take = `
    for (let round = 0; round < ${rounds}; round++) {
      await heard();
      const lock = runLock.RunLock.tryTake(dir, 'dead' + round);
      say(lock ? 'won' : 'lost');
      await heard();
      lock?.release({ remove: true });
      say('released');
    }`;
  const takers = [child(take), child(take), child(take)];
  for (let round = 0; round < rounds; round++) {
    for (const taker of takers) taker.tell('take');
    const results = await Promise.all(takers.map((taker) => taker.said()));
    expect(results.sort()).toEqual(['lost', 'lost', 'won']);
    for (const taker of takers) taker.tell('release');
    await Promise.all(takers.map((taker) => taker.said()));
  }
}, 30_000);

test('a lock whose file is removed while others reach for it is never held twice', async () => {
  // Each adds a file while it holds the lock and takes it away again: two holders would meet.
  const churn = `
    const { mkdirSync, rmdirSync } = await import('node:fs');
    let met = 0, held = 0;
    const end = Date.now() + 800;
    while (Date.now() < end) {
      const lock = runLock.RunLock.tryTake(dir, 'churned');
      if (!lock) continue;
      held += 1;
      try { mkdirSync(dir + '/inside'); rmdirSync(dir + '/inside'); } catch { met += 1; }
      lock.release({ remove: true });
    }
    say(JSON.stringify({ met, ever: held > 0 }));`;
  const churners = [child(churn), child(churn), child(churn)];
  for (const churner of churners) {
    expect(await churner.said()).toBe(JSON.stringify({ met: 0, ever: true }));
  }
}, 30_000);

describe('a database', { timeout: 30_000 }, () => {
  test('is shared by many, replaced by none of them', async () => {
    const path = join(dir, 'elmetron.sqlite');
    const sharing = `databaseLock.DatabaseLock.share(dir + '/elmetron.sqlite'); say('shared'); await heard();`;
    const [one, two] = [child(sharing), child(sharing)];
    expect(await one.said()).toBe('shared');
    expect(await two.said()).toBe('shared');
    const held: unknown = expect.objectContaining({ code: 'lock_held' });
    expect(() => DatabaseLock.acquireExclusive(path)).toThrow(held);
    await one.kill();
    expect(() => DatabaseLock.acquireExclusive(path)).toThrow(held);
    // A refused replacement must not keep others from sharing.
    DatabaseLock.share(path).release();
    await two.kill();
    const exclusive = DatabaseLock.acquireExclusive(path);
    expect(() => DatabaseLock.share(path)).toThrow(held);
    const late =
      child(`try { databaseLock.DatabaseLock.share(dir + '/elmetron.sqlite'); say('shared'); }
      catch (error) { say(error.code); }`);
    expect(await late.said()).toBe('lock_held');
    exclusive.release();
    DatabaseLock.share(path).release();
    expect(readdirSync(dir)).toEqual(['elmetron.sqlite.lock']);
  });
});
