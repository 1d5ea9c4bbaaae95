import { silentLog } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { describe, expect, test } from 'vitest';
import { LinkError } from '@elmetron/link';
import { FakePort } from '../testing/fake-link.js';
import { frame } from '../testing/frames.js';
import { OwnedTime } from '@elmetron/link/testing';
import { profile } from '../testing/profiles.js';
import { Capture, type CaptureSettings } from './capture.js';

function setup(settings: Partial<CaptureSettings> = {}) {
  const time = new OwnedTime();
  const port = new FakePort();
  const warned: string[] = [];
  const events: string[] = [];
  const warn = (_fields: object, message: string): number => warned.push(message);
  const log = { ...silentLog, warn };
  const health = new Health({ log, clock: time });
  const capture = new Capture({
    settings: { port: '/dev/fake', profiles: [profile()], ...settings },
    linkTo: () => port.open,
    listener: {
      opened: (name, { name: profileName }) => events.push(`opened ${name} ${profileName}`),
      lost: ({ code }) => events.push(`lost ${code}`),
      reading: ({ serial }) => events.push(`reading ${serial}`),
      undecodable: () => undefined,
      discarded: () => undefined,
    },
    polls: { sent: 0, unanswered: 0, missed: 0 },
    clock: time,
    timers: time,
    health,
    log,
  });
  const crash = (error: unknown): void => {
    throw error;
  };
  const stop = async (): Promise<void> => {
    await Promise.all([capture.stop(), time.advance(2000)]);
  };
  return { time, port, capture, events, warned, health, crash, stop };
}

const missing = new LinkError('port_missing', 'there is no port.');
const reasons = (health: Health): string[] => health.reasons.map(({ code }) => code);

describe('a link that does not open', () => {
  test('is tried again, later and later up to a ceiling, and complained about once', async () => {
    const { time, port, capture, warned, health, crash, stop } = setup();
    port.failure = missing;
    capture.start(crash);
    const tried: number[] = [];
    let seen = 0;
    for (let ms = 0; ms <= 20_000; ms += 50) {
      await time.advance(50);
      if (port.opened.length > seen) tried.push(time.monotonic());
      seen = port.opened.length;
    }
    expect(tried).toEqual([50, 250, 750, 1750, 3750, 7750, 12_750, 17_750]);
    expect(warned).toEqual(['there is no port. Trying again until it opens.']);
    expect(reasons(health)).toEqual(['link_down']);
    await stop();
  });

  test('another cause is said; when it opens all is well', async () => {
    const { time, port, capture, warned, health, events, crash, stop } = setup();
    port.failure = missing;
    capture.start(crash);
    await time.advance(1000);
    port.failure = new LinkError('port_busy', 'held by another program.');
    await time.advance(3000);
    port.failure = undefined;
    await time.advance(5000);
    expect(warned).toEqual([
      'there is no port. Trying again until it opens.',
      'held by another program. Trying again until it opens.',
    ]);
    expect(reasons(health)).toEqual([]);
    expect(events).toEqual(['opened /dev/fake cx505']);
    await stop();
  });
});

describe('a lost link', () => {
  test('is replaced by a fresh one', async () => {
    const { time, port, capture, events, health, crash, stop } = setup();
    port.answer = (link) => link.receive(frame());
    capture.start(crash);
    await time.advance(100);
    port.failure = missing;
    port.link.unplug();
    await time.advance(1000);
    expect(reasons(health)).toEqual(['link_down']);
    port.failure = undefined;
    await time.advance(1000);
    expect(events).toEqual([
      'opened /dev/fake cx505',
      'reading T/0001',
      'lost link_lost',
      'opened /dev/fake cx505',
      'reading T/0001',
    ]);
    expect(port.links).toHaveLength(2);
    await stop();
  });

  test('one that opens but is lost each time is not hammered at', async () => {
    const { time, port, capture, crash, stop } = setup();
    capture.start(crash);
    for (let ms = 0; ms < 20_000; ms += 50) {
      await time.advance(50);
      if (!port.link.closed) port.link.unplug();
    }
    expect(port.links.length).toBeLessThan(10);
    await stop();
  });

  test('a connection that may be dead is made anew without being called lost, unless it cannot', async () => {
    const { time, port, capture, events, crash, stop } = setup();
    capture.start(crash);
    await time.advance(10);
    port.link.events.lost(new LinkError('peer_silent', 'nothing came'));
    await time.advance(10);
    expect(events).toEqual(['opened /dev/fake cx505', 'opened /dev/fake cx505']);
    port.failure = new LinkError('host_unreachable', 'nobody there');
    port.link.events.lost(new LinkError('peer_silent', 'nothing came'));
    await time.advance(10_000);
    expect(events.slice(2)).toEqual(['lost host_unreachable']);
    await stop();
  });
});

describe('fallback profiles', () => {
  const other = profile({ name: 'other', line: { ...profile().line, parity: 'none' } });

  test('are tried in turn while no good frame comes', async () => {
    const { time, port, capture, events, crash, stop } = setup({ profiles: [profile(), other] });
    capture.start(crash);
    await time.advance(14_000);
    expect(events).toEqual([
      'opened /dev/fake cx505',
      'opened /dev/fake other',
      'opened /dev/fake cx505',
    ]);
    expect(port.opened[1]).toMatchObject({ parity: 'none' });
    expect(port.links.map(({ closed }) => closed)).toEqual([true, true, false]);
    await stop();
  });

  test('are left alone once a good frame has come, however silent the meter is later', async () => {
    const { time, port, capture, crash, stop } = setup({ profiles: [profile(), other] });
    capture.start(crash);
    await time.advance(7000);
    expect(capture.link?.profile).toBe('other');
    port.link.receive(frame());
    await time.advance(3_600_000);
    expect(port.links).toHaveLength(2);
    port.link.unplug();
    await time.advance(1000);
    expect(capture.link?.profile).toBe('other');
    await stop();
  });
});

describe('stop', () => {
  test('while a link is awaited', async () => {
    const { time, port, capture, crash, stop } = setup();
    port.failure = missing;
    capture.start(crash);
    await time.advance(10_000);
    await stop();
  });

  test('while a link hangs in opening: it is closed when it comes after all', async () => {
    const { time, port, capture, crash } = setup();
    let comes = (): void => undefined;
    port.delay = new Promise((resolve) => {
      comes = resolve;
    });
    capture.start(crash);
    await time.advance(100);
    await capture.stop();
    comes();
    await time.advance(100);
    expect(port.link.closed).toBe(true);
  });

  test('started again with other settings, it uses them', async () => {
    const { time, port, capture, events, crash, stop } = setup();
    capture.start(crash);
    await time.advance(100);
    await stop();
    capture.use({ port: '/dev/fake', profiles: [profile({ name: 'slow' })] });
    capture.start(crash);
    await time.advance(100);
    expect(events).toEqual(['opened /dev/fake cx505', 'opened /dev/fake slow']);
    expect(port.links[0]?.closed).toBe(true);
    await stop();
  });
});
