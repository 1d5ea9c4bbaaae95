import { Publisher } from 'zeromq';
import { afterEach, expect, it } from 'vitest';
import { encodeRecord } from '../records/line-codec.js';
import { newSessionId } from '../records/session-id.js';
import { LiveListener, type LiveRecord } from './live-listener.js';

const open: { close: () => void }[] = [];
afterEach(() => {
  for (const part of open.splice(0)) part.close();
});

async function feed(): Promise<{ readonly socket: Publisher; readonly endpoint: string }> {
  const socket = new Publisher({ linger: 0 });
  open.push(socket);
  await socket.bind('tcp://127.0.0.1:*');
  return { socket, endpoint: socket.lastEndpoint ?? '' };
}

function event(seq: number): Buffer {
  return encodeRecord({
    v: 1,
    type: 'audit_event',
    session: SESSION,
    seq,
    at: '2026-03-01T08:00:00.000Z',
    level: 'info',
    category: 'link',
    message: 'back',
    payload: {},
  });
}
const SESSION = newSessionId();

it('hands out records with their source, counts what is none, and ends when it is closed', async () => {
  const { socket, endpoint } = await feed();
  const listener = new LiveListener({ endpoint });
  open.push(listener);
  const heard: LiveRecord[] = [];
  const listening = (async () => {
    for await (const record of listener.records()) heard.push(record);
  })();
  // When a subscription has come through nobody is told: it is said again until it is heard.
  let seq = 0;
  await expect
    .poll(
      async () => {
        await socket.send(['bench-1', 'no record']);
        await socket.send(['bench-1']);
        await socket.send(['bench-1', event(++seq)]);
        return heard.length > 0 && listener.foreign > 0;
      },
      { timeout: 15_000 },
    )
    .toBe(true);
  expect(heard[0]).toMatchObject({ source: 'bench-1', record: { type: 'audit_event' } });
  expect(heard[0]?.line.equals(event(heard[0].record.seq))).toBe(true);
  listener.close();
  await listening;
});

it('what is no endpoint', () => {
  expect(() => new LiveListener({ endpoint: 'tcp://127.0.0.1:99999' })).toThrow(
    expect.objectContaining({ code: 'endpoint_invalid' }),
  );
});
