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
    health.raise('meter_silent', 'silent');
    expect(health.status).toBe('degraded');
    health.raise('spool_full', 'full');
    expect(health.status).toBe('critical');
    health.clear('spool_full');
    expect(health.status).toBe('degraded');
    health.clear('meter_silent');
    expect(health.status).toBe('ok');
  });

  it('logs when a reason comes and goes, and not that it is still there', () => {
    const { health, lines } = setup();
    expect(health.raise('meter_silent', 'for 10 s')).toBe(true);
    expect(health.raise('meter_silent', 'for 11 s')).toBe(false);
    health.raise('spool_full', 'full');
    health.clear('meter_silent');
    health.clear('meter_silent');
    health.clear('spool_full');
    expect(lines).toEqual([
      'warn for 10 s',
      'error full',
      'info over: for 11 s',
      'info over: full',
    ]);
  });

  it('says how long it was so, whatever the clock was set to meanwhile', () => {
    const said: object[] = [];
    const log = { debug() {}, info: (fields: object) => said.push(fields), warn() {}, error() {} };
    const time = { wall: Date.UTC(2025, 8, 26), passed: 5_000 };
    const clock = { now: () => time.wall, monotonic: () => time.passed };
    const health = new Health({ log, clock });
    health.raise('meter_silent', 'silent');
    time.wall -= 3_600_000;
    time.passed += 12_000;
    health.clear('meter_silent');
    expect(said).toMatchObject([{ seconds: 12 }]);
  });

  it('keeps apart what concerns different things', () => {
    const { health, lines } = setup();
    health.raise('source_away', 'one', { about: 'tcp://a' });
    health.raise('source_away', 'two', { about: 'tcp://b' });
    health.clear('source_away', 'tcp://a');
    health.clear('source_away');
    expect(health.has('source_away', 'tcp://b')).toBe(true);
    expect(health.reasons).toMatchObject([{ code: 'source_away', about: 'tcp://b' }]);
    expect(lines).toEqual(['warn one', 'warn two', 'info over: one']);
  });

  it('reports its reasons since they were raised first, beside the figures', () => {
    const { health, time } = setup();
    health.figures = () => ({ frames: 3, status: 'never instead of the real one' });
    health.raise('spool_full', 'one');
    time.ms += 1000;
    health.raise('spool_full', 'two');
    expect(health.report()).toEqual({
      frames: 3,
      status: 'critical',
      reasons: [
        {
          code: 'spool_full',
          level: 'critical',
          message: 'two',
          since: '2025-09-26T00:00:00.000Z',
        },
      ],
    });
  });
});
