import { expect, it } from 'vitest';
import { ahead } from './ahead.js';

it('hands out in order what is made side by side, no more at once than allowed', async () => {
  let running = 0;
  let most = 0;
  const make = async (n: number): Promise<number> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, n % 2 === 0 ? 10 : 1));
    running--;
    return n * 10;
  };
  const got: number[] = [];
  for await (const made of ahead([1, 2, 3, 4, 5], 2, make)) got.push(made);
  expect(got).toEqual([10, 20, 30, 40, 50]);
  expect(most).toBe(2);
});

it('fails when the turn of what failed comes, and leaves nothing running', async () => {
  let running = 0;
  const make = async (n: number): Promise<number> => {
    running++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    if (n === 2) throw new Error('two');
    return n;
  };
  const got: number[] = [];
  const all = (async () => {
    for await (const made of ahead([1, 2, 3, 4], 3, make)) got.push(made);
  })();
  await expect(all).rejects.toThrow('two');
  expect(got).toEqual([1]);
  expect(running).toBe(0);
});
