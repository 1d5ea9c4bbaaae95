import { describe, expect, it } from 'vitest';
import type { Log } from '@elmetron/protocol';
import { Health } from './health.js';

function setup() {
  const lines: string[] = [];
  const say = (level: string) => (_fields: object, message: string) =>
    void lines.push(`${level} ${message}`);
  const log: Log = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  };
  const time = { ms: Date.UTC(2025, 8, 26) };
  const health = new Health({ log, clock: { now: () => time.ms, monotonic: () => time.ms } });
  return { health, lines, time };
}

describe('health', () => {
  it('is the worst of its reasons', () => {
    const { health } = setup();
    expect(health.status).toBe('ok');
    health.raise('meter_silent', 'degraded', 'silent');
    expect(health.status).toBe('degraded');
    health.raise('spool_full', 'critical', 'full');
    expect(health.status).toBe('critical');
    health.clear('spool_full');
    expect(health.status).toBe('degraded');
    health.clear('meter_silent');
    expect(health.status).toBe('ok');
  });

  it('logs when a reason comes, gets worse and goes, and not that it is still there', () => {
    const { health, lines } = setup();
    health.raise('a', 'degraded', 'slow');
    health.raise('a', 'degraded', 'still slow');
    health.raise('a', 'critical', 'stopped');
    health.clear('a');
    health.clear('a');
    expect(lines).toEqual(['warn slow', 'error stopped', 'info over: stopped']);
  });

  it('reports its reasons since they were raised first, beside the figures', () => {
    const { health, time } = setup();
    health.figures = () => ({ frames: 3, status: 'never instead of the real one' });
    health.raise('a', 'degraded', 'one');
    time.ms += 1000;
    health.raise('a', 'critical', 'two');
    expect(health.report()).toEqual({
      frames: 3,
      status: 'critical',
      reasons: [
        { code: 'a', level: 'critical', message: 'two', since: '2025-09-26T00:00:00.000Z' },
      ],
    });
  });
});
