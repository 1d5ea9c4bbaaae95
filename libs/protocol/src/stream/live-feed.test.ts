import { Subscriber } from 'zeromq';
import { afterEach, expect, it, vi } from 'vitest';
import { silentLog } from '../ports.js';
import { LiveFeed } from './live-feed.js';
import { PeerMemory } from './peer-memory.js';
import { until } from './testing/until.js';

const ends: (() => unknown)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function feed(endpoint = 'tcp://127.0.0.1:*', highWaterMark = 1000): Promise<LiveFeed> {
  const made = await LiveFeed.bind({ endpoint, source: 'bench-1', log: silentLog, highWaterMark });
  ends.push(() => made.close());
  return made;
}

function subscriber(endpoint: string, receiveHighWaterMark = 0): Subscriber {
  const socket = new Subscriber({ linger: 0, receiveHighWaterMark, receiveBufferSize: 4096 });
  ends.push(() => socket.close());
  socket.connect(endpoint);
  socket.subscribe('bench-1');
  return socket;
}

async function listen(socket: Subscriber, into: string[]): Promise<void> {
  for await (const [topic, line] of socket)
    into.push(`${String(topic)} ${line?.toString('utf8', 0, 10)}`);
}

it('gives every listener the source as topic and the line as body', async () => {
  const live = await feed();
  const heard: string[] = [];
  const listening = listen(subscriber(live.endpoint), heard);
  for (let i = 0; heard.length === 0; i += 1) {
    live.publish(Buffer.from(`line ${i}`));
    await until(() => live.counters.published > i);
  }
  expect(heard[0]).toMatch(/^bench-1 line \d+$/);
  for (const end of ends.splice(0)) end();
  await listening;
});

it('waits for nobody: a listener that reads nothing misses some, the others none', async () => {
  const live = await feed(undefined, 50);
  const heard: string[] = [];
  const listening = listen(subscriber(live.endpoint), heard);
  subscriber(live.endpoint, 1);
  let published = 0;
  const publish = () => live.publish(Buffer.from(`${(published += 1)} ${'x'.repeat(20_000)}`));
  await until(() => {
    publish();
    return heard.length > 0;
  });
  const numbers = () => heard.map((message) => Number(message.split(' ')[1]));
  for (let i = 0; i < 40; i += 1) {
    for (let n = 0; n < 20; n += 1) publish();
    await until(() => numbers().at(-1) === published);
  }
  const [first = 0] = numbers();
  expect(numbers()).toEqual(Array.from({ length: published - first + 1 }, (_, i) => first + i));
  expect(live.counters.dropped).toBe(0);
  for (const end of ends.splice(0)) end();
  await listening;
});

it('takes any number of lines at once', async () => {
  const live = await feed();
  subscriber(live.endpoint, 1);
  for (let i = 0; i < 20_000; i += 1) live.publish(Buffer.from(`line ${i}`));
  await until(() => live.counters.published === 20_000);
  expect(live.counters.dropped).toBe(0);
});

it('lets go of all listeners when they take too much memory, and is there again', async () => {
  let held = 0;
  const memory = new PeerMemory({ resident: () => held, growthBytes: 1000 });
  const live = await LiveFeed.bind({
    endpoint: 'tcp://127.0.0.1:*',
    source: 'bench-1',
    log: silentLog,
    memory,
  });
  ends.push(() => live.close());
  held = 1000;
  await until(() => live.counters.overfull === 1);
  const heard: string[] = [];
  const listening = listen(subscriber(live.endpoint), heard);
  await until(() => {
    live.publish(Buffer.from('line'));
    return heard.length > 0;
  });
  for (const end of ends.splice(0)) end();
  await listening;
});

it('does not look after memory when it is closed', async () => {
  const memory = new PeerMemory();
  const ended = vi.fn();
  vi.spyOn(memory, 'watch').mockReturnValue(ended);
  const endpoint = 'tcp://127.0.0.1:*';
  const live = await LiveFeed.bind({ endpoint, source: 'bench-1', log: silentLog, memory });
  live.close();
  expect(ended).toHaveBeenCalledOnce();
});

it('drops and counts what comes after it was closed', async () => {
  const live = await feed();
  live.close();
  live.publish(Buffer.from('late'));
  live.publish(Buffer.from('later'));
  await until(() => live.counters.dropped === 2);
});

it('says so when its endpoint is taken or none', async () => {
  const { endpoint } = await feed();
  await expect(feed(endpoint)).rejects.toMatchObject({ code: 'endpoint_busy' });
  await expect(feed('tcp://127.0.0.1:70000')).rejects.toMatchObject({ code: 'endpoint_invalid' });
});
