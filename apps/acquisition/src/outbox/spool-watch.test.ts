import { silentLog, systemClock } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { expect, test } from 'vitest';
import { SpoolWatch } from './spool-watch.js';

test('a spool that fills is said before it is full, once, and until there is room again', () => {
  const logged: string[] = [];
  const note = (_fields: object, message: string): number => logged.push(message);
  const health = new Health({ clock: systemClock, log: { ...silentLog, warn: note, info: note } });
  const spool = { bytes: 0, maxBytes: 1000 };
  const watch = new SpoolWatch({ spool, health });
  const raised = [0, 799, 800, 990, 750, 700, 699, 750].map((bytes) => {
    spool.bytes = bytes;
    watch.pulse();
    return health.has('spool_filling');
  });
  expect(raised).toEqual([false, false, true, true, true, true, false, false]);
  expect(logged).toHaveLength(2);
});
