import { createServer, type RequestListener, type Server } from 'node:http';
import { getEventListeners, once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { askHealth } from './health-page.js';
import { figuresOf, stateOf } from './process-state.js';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const answering = (body: string) => listening((_, response) => response.end(body));

const never = new AbortController().signal;

async function look(port: number) {
  const answer = await askHealth(port, never);
  return { state: stateOf(port, answer), figures: figuresOf(answer) };
}

describe('a process', () => {
  it('that answers: what it says, and its figures apart from it', async () => {
    const reasons = [{ code: 'link_down', level: 'degraded', message: 'unplugged', since: '' }];
    const port = await answering(
      JSON.stringify({ status: 'degraded', reasons, link: 'closed', spool_bytes: 7 }),
    );
    expect(await look(port)).toEqual({
      state: { port, status: 'degraded', reasons },
      figures: { link: 'closed', spool_bytes: 7 },
    });
  });

  it('that does not run', async () => {
    const port = await answering('');
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect(await look(port)).toEqual({
      state: { port, status: 'not running', reasons: [] },
      figures: {},
    });
  });

  it('that is not asked', async () => {
    expect((await look(0)).state).toEqual({ port: 0, status: 'off', reasons: [] });
  });

  it.each(['<html>', '[]', '{"status":"ok"}', ''])('of somebody else: %j', async (body) => {
    const { state, figures } = await look(await answering(body));
    expect(state).toMatchObject({ status: 'unknown', reasons: [{ code: 'no_answer' }] });
    expect(figures).toEqual({});
  });
});

describe('a question', () => {
  /** What Node keeps at a signal for those that were made from it. */
  const dependants = (signal: AbortSignal): number =>
    Object.getOwnPropertySymbols(signal)
      .filter(({ description }) => description === 'kDependantSignals')
      .map((key) => (signal as unknown as Record<symbol, Set<unknown> | undefined>)[key]?.size ?? 0)
      .reduce((sum, size) => sum + size, 0);

  it('leaves nothing at a signal that lives for weeks', async () => {
    const { signal } = new AbortController();
    const port = await answering('{}');
    for (let i = 0; i < 10; i++) await askHealth(port, signal);
    expect([dependants(signal), getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
    // Otherwise the above would look at nothing.
    const made = AbortSignal.any([signal]);
    expect([dependants(signal), made.aborted]).toEqual([1, false]);
  });

  it('ends with its signal, before it and while it waits', async () => {
    const port = await listening(() => undefined);
    const stop = new AbortController();
    const waiting = askHealth(port, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(askHealth(port, stop.signal)).rejects.toThrow('stopped');
  });
});
