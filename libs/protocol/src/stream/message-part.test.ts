import { Dealer, Router } from 'zeromq';
import { expect, it } from 'vitest';
import { messagePart } from './message-part.js';

const bytesOf = (part: Buffer | string): Buffer => Buffer.from(part);

it('is the same bytes, as a text where that costs less', () => {
  const line = Buffer.from(`{"unit":"°C","text":"\u0000\ufeff😀"}\n`.repeat(20));
  expect(typeof messagePart(line)).toBe('string');
  expect(bytesOf(messagePart(line))).toEqual(line);
});

it.each([
  ['what is copied anyway', Buffer.alloc(128, 97)],
  ['what is too much to copy', Buffer.alloc(4097, 97)],
  ['what is no text', Buffer.alloc(500, 0xff)],
])('leaves %s as it is', (_, bytes) => {
  expect(messagePart(bytes)).toBe(bytes);
});

it('passes through ZeroMQ byte by byte', async () => {
  const [router, dealer] = [new Router(), new Dealer()];
  try {
    await router.bind('tcp://127.0.0.1:*');
    dealer.connect(router.lastEndpoint ?? '');
    const line = Buffer.from(`{"unit":"µS/cm","text":"\u0000\ufeff"}\n`.repeat(20));
    await dealer.send([messagePart(line)]);
    const [, received] = await router.receive();
    expect(received).toEqual(line);
  } finally {
    router.close();
    dealer.close();
  }
});
