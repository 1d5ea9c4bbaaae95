import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
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

async function answering(body: string): Promise<number> {
  const server = createServer((_, response) => response.end(body));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

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
