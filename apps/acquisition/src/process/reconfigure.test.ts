import { silentLog } from '@elmetron/protocol';
import type { Config } from '@elmetron/runtime';
import { expect, test } from 'vitest';
import { profile } from '../testing/profiles.js';
import { Reconfiguration } from './reconfigure.js';

function configuration(changes: {
  profile?: string;
  port?: string;
  interval?: number;
  source?: string;
  noReadingS?: number;
}): Config {
  const line = { transport: 'serial', baud: 115_200, data_bits: 8, stop_bits: 2, parity: 'even' };
  const timing = { poll_hex: '012330233023302303', read_timeout_ms: 300 };
  return {
    app: {
      device: {
        profile: changes.profile ?? 'cx505',
        fallback_profiles: [],
        port: changes.port ?? '/dev/fake',
        metadata: {},
      },
      acquisition: { source: changes.source ?? 'bench-1' },
      alarms: { no_reading_s: changes.noReadingS ?? 0 },
      monitoring: {},
      log: {},
    },
    profiles: {
      cx505: { ...line, ...timing, poll_interval_s: changes.interval ?? 1 },
      slow: { ...line, ...timing, poll_interval_s: 5 },
    },
  } as never;
}

function setup(signal = new AbortController().signal) {
  const did: string[] = [];
  const warned: string[] = [];
  const watched: number[] = [];
  const reconfiguration = new Reconfiguration(
    {
      capture: {
        profile: profile(),
        stop: () => {
          did.push('stop');
          return Promise.resolve();
        },
        use: ({ port, profiles }) => did.push(`use ${port} ${profiles[0].name}`),
        start: () => did.push('start'),
      },
      recorder: { close: (reason) => did.push(reason), describe: () => undefined },
      alarms: { use: ({ no_reading_s }) => watched.push(no_reading_s) },
      crashed: () => undefined,
      signal,
      log: { ...silentLog, warn: (_fields, message) => warned.push(message) },
    },
    configuration({}),
  );
  return { did, warned, watched, reconfiguration };
}

test('another profile ends the session and begins anew', async () => {
  const { did, reconfiguration } = setup();
  await reconfiguration.apply(configuration({ profile: 'slow' }));
  expect(did).toEqual(['stop', 'profile_switch', 'use /dev/fake slow', 'start']);
});

test('so does the same profile with other contents', async () => {
  const { did, reconfiguration } = setup();
  await reconfiguration.apply(configuration({ interval: 2 }));
  expect(did).toContain('profile_switch');
});

test('another port is another link, not another session', async () => {
  const { did, reconfiguration } = setup();
  await reconfiguration.apply(configuration({ port: '/dev/other' }));
  expect(did).toEqual(['stop', 'use /dev/other cx505', 'start']);
});

test('the same again changes nothing; what waits for a restart is named', async () => {
  const { did, warned, reconfiguration } = setup();
  await reconfiguration.apply(configuration({}));
  expect([...did, ...warned]).toEqual([]);
  await reconfiguration.apply(configuration({ source: 'bench-2' }));
  expect(did).toEqual([]);
  expect(warned).toHaveLength(1);
});

test('other limits are watched for at once, and leave the meter alone', async () => {
  const { did, warned, watched, reconfiguration } = setup();
  await reconfiguration.apply(configuration({ noReadingS: 60 }));
  expect(watched).toEqual([60]);
  expect([...did, ...warned]).toEqual([]);
});

test('a profile that is not there is refused, and the next configuration is taken', async () => {
  const { did, reconfiguration } = setup();
  await expect(reconfiguration.apply(configuration({ profile: 'none' }))).rejects.toMatchObject({
    code: 'config_invalid',
  });
  expect(did).toEqual([]);
  await reconfiguration.apply(configuration({ profile: 'slow' }));
  expect(did).toContain('start');
});

test('nothing is started again in a process that is stopping', async () => {
  const { did, reconfiguration } = setup(AbortSignal.abort());
  await reconfiguration.apply(configuration({ profile: 'slow' }));
  expect(did).toEqual([]);
});
