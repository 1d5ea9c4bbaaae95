/** Pages that listen, over real connections. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Meter } from '../api/live.js';
import { madeApp, type Circumstances, type MadeApp } from '../testing/made-app.js';
import { madeReading, SESSION } from '../testing/made-records.js';
import { BEGAN } from '../testing/owned-clock.js';

interface Event {
  readonly name: string;
  readonly body: unknown;
}

/** A page; `events` as it has them so far. */
class Page {
  readonly socket: Socket;
  text = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    socket.on('error', () => undefined);
  }

  get events(): Event[] {
    return [...this.text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(
      ([, name = '', data = '']) => ({
        name,
        body: JSON.parse(data) as unknown,
      }),
    );
  }

  named(name: string): unknown[] {
    return this.events.filter((event) => event.name === name).map(({ body }) => body);
  }
}

async function listening({ app }: MadeApp): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function opened(port: number): Promise<Page> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  const page = new Page(socket);
  // HTTP 1.0: the events come as they are, not in chunks.
  socket.write('GET /api/live HTTP/1.0\r\nHost: 127.0.0.1:8050\r\n\r\n');
  return page;
}

async function bench(of: Circumstances = {}) {
  const made = await madeApp(of);
  const port = await listening(made);
  return { ...made, port };
}

const METERS = [{ source: 'bench-1' }] as unknown as Meter[];
const has = (page: Page, name: string, count = 1) =>
  vi.waitFor(() => {
    expect(page.named(name)).toHaveLength(count);
  }, 10_000);

describe('a page', () => {
  it('gets the state first, then what comes', async () => {
    const { broadcast, port } = await bench({ meters: METERS });
    const page = await opened(port);
    await has(page, 'meters');
    expect(page.text).toContain('content-type: text/event-stream');
    expect(page.text).toContain("content-security-policy: default-src 'none'");
    expect(page.text).toContain('retry: 1000\n\n');
    expect(page.events).toEqual([
      { name: 'hello', body: { now: BEGAN, version: '1.2.3' } },
      { name: 'meters', body: { meters: METERS } },
    ]);
    broadcast.reading(madeReading(1));
    await has(page, 'readings');
    expect(page.named('readings')).toEqual([{ readings: [madeReading(1)] }]);
  });

  it('has each reading at once, and those of a moment together', async () => {
    const { broadcast, clock, port } = await bench();
    const page = await opened(port);
    await has(page, 'meters');
    clock.pass(1_000);
    const began = performance.now();
    broadcast.reading(madeReading(1));
    await has(page, 'readings');
    expect(performance.now() - began).toBeLessThan(2_000);
    for (const seq of [2, 3, 4]) broadcast.reading(madeReading(seq));
    await has(page, 'readings', 2);
    expect(page.named('readings')[1]).toMatchObject({
      readings: [{ seq: 2 }, { seq: 3 }, { seq: 4 }],
    });
  });

  it('has marks and changes of meters', async () => {
    const { broadcast, port } = await bench();
    const page = await opened(port);
    await has(page, 'meters');
    broadcast.meters(METERS);
    await has(page, 'meters', 2);
    const mark = { kind: 'note', session: SESSION, at: 1, until: null, level: 'info' } as const;
    broadcast.mark({ ...mark, text: 'two\nlines </script>', author: null });
    await has(page, 'marks');
    expect(page.named('marks')).toMatchObject([{ marks: [{ text: 'two\nlines </script>' }] }]);
  });

  it('knows by hello that somebody is there', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { broadcast, port } = await bench();
    broadcast.start();
    onTestFinished(() => {
      broadcast.stop();
    });
    // A server that did not come up, because its port was taken, ends nothing but itself.
    const other = await madeApp({ parts: { broadcast } });
    await other.app.close();
    const page = await opened(port);
    await has(page, 'hello');
    vi.advanceTimersByTime(5_000);
    await has(page, 'hello', 2);
  });

  it('that goes away is forgotten', async () => {
    const { broadcast, port } = await bench();
    const page = await opened(port);
    await has(page, 'meters');
    expect(broadcast.pages).toBe(1);
    page.socket.destroy();
    await vi.waitFor(() => {
      expect(broadcast.pages).toBe(0);
    }, 10_000);
  });
});

describe('pages', () => {
  it('are no more than there may be', async () => {
    const { broadcast, port } = await bench({ mostPages: 2 });
    const first = await opened(port);
    await has(first, 'meters');
    await has(await opened(port), 'meters');
    const third = await opened(port);
    await vi.waitFor(() => {
      expect(third.text).toContain('"code":"busy"');
    }, 10_000);
    expect(third.text).toMatch(/^HTTP\/1\.\d 503 /);
    expect(broadcast.counters.refused).toBe(1);
    first.socket.destroy();
    await vi.waitFor(() => {
      expect(broadcast.pages).toBe(1);
    }, 10_000);
    await has(await opened(port), 'meters');
  });

  it('one that does not read is let go of, costs a bounded memory, and holds up no other', async () => {
    const { broadcast, port, logged } = await bench();
    const good = await opened(port);
    const bad = await opened(port);
    await has(bad, 'meters');
    bad.socket.pause();
    const meters = [{ source: 'x'.repeat(65_536) }] as unknown as Meter[];
    let sent = 0;
    // What the system itself takes in for the two ends is some megabytes.
    while (sent < 1_000 && broadcast.pages === 2) {
      broadcast.meters(meters);
      sent += 1;
      await new Promise(setImmediate);
    }
    expect(broadcast.pages).toBe(1);
    expect(broadcast.counters.too_slow).toBe(1);
    expect(sent).toBeLessThan(1_000);
    expect(logged.filter(({ message }) => message.includes('does not read'))).toHaveLength(1);
    good.text = '';
    broadcast.reading(madeReading(7));
    await has(good, 'readings');
  });

  it('end with the server, at once', async () => {
    const { app, port } = await bench();
    const page = await opened(port);
    await has(page, 'meters');
    const closed = once(page.socket, 'close');
    await app.close();
    await closed;
  });
});
