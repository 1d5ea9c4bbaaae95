import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeError } from '../errors.js';
import { plainUnit } from './alarms-schema.js';
import { loadConfig } from './load-config.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'alarms-'));
  writeFileSync(join(dir, 'protocols.toml'), '[profiles.cx505]\n');
});
afterEach(() => rmSync(dir, { recursive: true }));

function load(toml: string) {
  writeFileSync(join(dir, 'app.toml'), toml);
  return loadConfig(join(dir, 'app.toml')).app.alarms;
}

it('the sample that is delivered is right once its comments are taken away', () => {
  const delivered = readFileSync(new URL('../../../../config/app.toml', import.meta.url), 'utf8');
  const [, sample = ''] = delivered.split('# [alarms.units.pH]\n');
  const lines = sample.split('[log]')[0]?.split('\n') ?? [];
  const keys = lines.filter((line) => /^# \w+ = /.test(line)).map((line) => line.slice(2));
  const toml = delivered.replace('# [alarms.units.pH]', ['[alarms.units.pH]', ...keys].join('\n'));
  expect(load(toml).units['pH']).toEqual({
    low: 6.8,
    high: 7.2,
    unstable_spread: 0.2,
    unstable_within_s: 60,
    hysteresis: 0.05,
    delay_s: 5,
  });
});

function problems(toml: string): [key: string, allowed: string][] {
  try {
    load(toml);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return error.problems.map(({ key, allowed }) => [key, allowed]);
  }
  throw new Error('the configuration was accepted');
}

describe('[alarms]', () => {
  it('left out, as in every file of before, watches nothing and calls nobody', () => {
    expect(load('[device]\nport = "COM3"\n')).toEqual({
      no_reading_s: 0,
      units: {},
      hook_command: [],
      hook_url: '',
      hook_timeout_s: 10,
    });
  });

  it('has limits for each unit, those that are given', () => {
    const { units, no_reading_s } = load(`
[alarms]
no_reading_s = 90
[alarms.units.pH]
low = 6.8
high = 7.2
hysteresis = 0.05
[alarms.units."mV rel"]
unstable_spread = 3
unstable_within_s = 30
delay_s = 0
`);
    expect(no_reading_s).toBe(90);
    expect(units).toEqual({
      pH: { low: 6.8, high: 7.2, hysteresis: 0.05, delay_s: 5, unstable_within_s: 60 },
      'mV rel': { unstable_spread: 3, unstable_within_s: 30, hysteresis: 0, delay_s: 0 },
    });
  });

  it.each([
    ['[alarms]\nno_reading_s = 1', 'alarms.no_reading_s'],
    ['[alarms]\nno_reading_s = "60"', 'alarms.no_reading_s'],
    ['[alarms.units]\npH = 7', 'alarms.units.pH'],
    ['[alarms.units.pH]\nhigh = "7"', 'alarms.units.pH.high'],
    ['[alarms.units.pH]\nhigh = inf', 'alarms.units.pH.high'],
    ['[alarms.units.pH]\nhigh = nan', 'alarms.units.pH.high'],
    ['[alarms.units."mV rel"]\nhigh = 1\ndelay_s = -1', 'alarms.units."mV rel".delay_s'],
    ['[alarms.units.pH]\nunstable_spread = 0', 'alarms.units.pH.unstable_spread'],
    ['[alarms.units.pH]\nhigh = 1\nunstable_within_s = 0', 'alarms.units.pH.unstable_within_s'],
    ['[alarms]\nhook_command = "ring"', 'alarms.hook_command'],
    ['[alarms]\nhook_command = [""]', 'alarms.hook_command'],
    ['[alarms]\nhook_url = "bench.example"', 'alarms.hook_url'],
    ['[alarms]\nhook_url = "http://"', 'alarms.hook_url'],
    ['[alarms]\nhook_timeout_s = 0', 'alarms.hook_timeout_s'],
  ])('%j is named with its key', (toml, key) => {
    expect(problems(toml)).toEqual([[key, expect.stringMatching(/^must be (?!Invalid)/)]]);
  });

  it.each([
    ['[alarms.units.pH]', 'alarms.units.pH', 'at least one of high, low'],
    ['[alarms.units.pH]\nlow = 7\nhigh = 7', 'alarms.units.pH.high', 'more than low (7)'],
    [
      '[alarms.units.pH]\nlow = 6\nhigh = 7\nhysteresis = 1',
      'alarms.units.pH.hysteresis',
      'no alarm would ever be over',
    ],
    [
      '[alarms.units.pH]\nunstable_spread = 0.1\nhysteresis = 0.1',
      'alarms.units.pH.hysteresis',
      'less than unstable_spread (0.1)',
    ],
    [
      '[alarms]\nhook_command = ["ring"]\nhook_url = "http://127.0.0.1:1/"',
      'alarms.hook_url',
      'hook_command',
    ],
    [
      '[alarms.units."\u00b5S/cm"]\nhigh = 1\n[alarms.units."\u03bcS/cm"]\nhigh = 2',
      'alarms.units."\u03bcS/cm"',
      'the same unit',
    ],
  ])('%j does not fit together', (toml, key, why) => {
    expect(problems(toml)).toEqual([[key, expect.stringContaining(why)]]);
  });

  it.each([
    ['[alarms]\nno_readings_s = 60', 'alarms.no_readings_s', 'no_reading_s'],
    ['[alarms.units.pH]\nhigh = 1\nhihg = 7', 'alarms.units.pH.hihg', 'did you mean high'],
    [
      '[alarms.units.pH]\nhigh = 1\ncolour = 7',
      'alarms.units.pH.colour',
      'known for a unit: high, low',
    ],
    ['[alarms.pH]\nhigh = 7', 'alarms.pH', 'units'],
    [
      '[alarms.units.pH]\nhigh = 7\nhook_url = ""',
      'alarms.units.pH.hook_url',
      'belongs below [alarms], above',
    ],
  ])('%j has a key that is not known', (toml, key, hint) => {
    expect(problems(toml)).toEqual([[key, expect.stringContaining(hint)]]);
  });
});

it('units are the same whichever µ and whichever blank is written', () => {
  expect(plainUnit('\u03bcS/cm')).toBe('\u00b5S/cm');
  expect(plainUnit(' mV\u00a0 rel')).toBe('mV rel');
  expect(plainUnit('pH')).not.toBe(plainUnit('PH'));
});
