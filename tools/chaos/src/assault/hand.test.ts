import { spawn } from 'node:child_process';
import { eventually, lives, stateOf } from '@elmetron/rig';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Player } from '../bench/cast.js';
import { Tally } from '../tally.js';
import { Hand } from './hand.js';

const onLinux = it.skipIf(process.platform !== 'linux');

async function victim(): Promise<Player> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  await eventually('the process', () => stateOf(pid) !== undefined, 10_000);
  return { ...stateOf(pid)!, role: 'acquisition', bench: 'bench-1', name: 'acquisition-bench-1' };
}

describe('hand', () => {
  onLinux(
    'counts a kill when the process was alive and is dead, and never a second time',
    async () => {
      const tally = new Tally();
      const hand = new Hand(tally);
      const player = await victim();
      const before = Date.now();
      expect(await hand.kill([player], 'running')).toBe(1);
      expect(lives(player)).toBe(false);
      expect(await hand.kill([player], 'running')).toBe(0);
      expect(tally.kills).toEqual([{ role: 'acquisition', situation: 'running' }]);
      const [kill, ...others] = tally.acquisitionKills.get('bench-1') ?? [];
      expect(others).toEqual([]);
      expect(kill?.deadAt).toBeGreaterThanOrEqual(before);
    },
  );

  onLinux('leaves another process alone that has the same number', async () => {
    const tally = new Tally();
    const player = await victim();
    const other = { ...player, startTime: player.startTime - 1 };
    expect(await new Hand(tally).kill([other], 'running')).toBe(0);
    expect(await new Hand(tally).stop(other)).toBe(false);
    expect(lives(player)).toBe(true);
    expect(tally.kills).toEqual([]);
  });

  onLinux('kills several at once, the stopped ones too', async () => {
    const tally = new Tally();
    const hand = new Hand(tally);
    const [a, b] = [await victim(), await victim()];
    expect(await hand.stop(a)).toBe(true);
    expect(await hand.kill([a, b], 'all at once')).toBe(2);
    expect([lives(a), lives(b), tally.stops]).toEqual([false, false, 1]);
  });

  onLinux('lets everybody go on at the end', async () => {
    const hand = new Hand(new Tally());
    const player = await victim();
    expect(await hand.stop(player)).toBe(true);
    expect(stateOf(player.pid)?.state).toBe('T');
    hand.continueAll();
    await eventually('it to go on', () => stateOf(player.pid)?.state !== 'T', 10_000);
  });
});
