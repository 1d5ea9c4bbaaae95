import { expect, it } from 'vitest';
import { QuestionQueue } from './question-queue.js';

/** Questions that are answered when the test says so; `asked` in their order. */
function thread() {
  const asked: string[] = [];
  const answers = new Map<
    string,
    { resolve: (answer: string) => void; reject: (e: Error) => void }
  >();
  const ask = (name: string) => () => {
    asked.push(name);
    return new Promise<string>((resolve, reject) => answers.set(name, { resolve, reject }));
  };
  return { asked, ask, answers };
}

const soon = () => new Promise(setImmediate);

it('asks one after the other', async () => {
  const { asked, ask, answers } = thread();
  const queue = new QuestionQueue();
  const [a, b] = [queue.ask(ask('a')), queue.ask(ask('b'))];
  await soon();
  expect(asked).toEqual(['a']);
  answers.get('a')!.resolve('of a');
  expect(await a).toBe('of a');
  await soon();
  expect(asked).toEqual(['a', 'b']);
  answers.get('b')!.reject(new Error('of b'));
  await expect(b).rejects.toThrow('of b');
  const c = queue.ask(ask('c'));
  await soon();
  answers.get('c')!.resolve('of c');
  expect(await c).toBe('of c');
});

it('the same once, for all who want to know, also while it is being answered', async () => {
  const { asked, ask, answers } = thread();
  const queue = new QuestionQueue();
  const first = queue.ask(ask('curve'), { key: 'curve' });
  await soon();
  const others = Array.from({ length: 9 }, () => queue.ask(ask('again'), { key: 'curve' }));
  answers.get('curve')!.resolve('it');
  expect(await Promise.all([first, ...others])).toEqual(Array(10).fill('it'));
  expect(asked).toEqual(['curve']);
  const later = queue.ask(ask('anew'), { key: 'curve' });
  await soon();
  answers.get('anew')!.resolve('later');
  expect(await later).toBe('later');
});

it('not at all when all who asked have gone, and for those who have not', async () => {
  const { asked, ask, answers } = thread();
  const queue = new QuestionQueue();
  const running = queue.ask(ask('a'));
  const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
  const b = queue.ask(ask('b'), { signal: one.signal });
  const c1 = queue.ask(ask('c'), { key: 'c', signal: two.signal });
  const c2 = queue.ask(ask('c'), { key: 'c', signal: three.signal });
  one.abort();
  two.abort();
  await expect(b).rejects.toMatchObject({ code: 'gone' });
  await expect(c1).rejects.toMatchObject({ code: 'gone' });
  answers.get('a')!.resolve('');
  await running;
  await soon();
  expect(asked).toEqual(['a', 'c']);
  answers.get('c')!.resolve('of c');
  expect(await c2).toBe('of c');
});

it('who has gone before asks nothing; who goes while it is answered is not waited for', async () => {
  const { asked, ask, answers } = thread();
  const queue = new QuestionQueue();
  await expect(queue.ask(ask('a'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'gone',
  });
  expect(asked).toEqual([]);
  const leaving = new AbortController();
  const b = queue.ask(ask('b'), { signal: leaving.signal });
  await soon();
  leaving.abort();
  await expect(b).rejects.toMatchObject({ code: 'gone' });
  answers.get('b')!.reject(new Error('nobody hears it'));
  await soon();
});

it('no more wait than there may be; those of one key count once', async () => {
  const { ask } = thread();
  const queue = new QuestionQueue();
  for (let i = 0; i < 101; i += 1) void queue.ask(ask(`${i}`), { key: `${i}` });
  await expect(queue.ask(ask('more'))).rejects.toMatchObject({ code: 'busy' });
  void queue.ask(ask('7'), { key: '7' });
});
