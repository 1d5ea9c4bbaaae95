/** The last words of a session against a real spool, however often it is full and freed again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeLine, silentLog, type SessionRecord } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { Spool } from '@elmetron/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Outbox } from '../outbox/outbox.js';
import { inShort, reading } from '../testing/bench.js';
import { OwnedTime } from '@elmetron/link/testing';
import { Journal } from './journal.js';

const origin = {
  source: 'bench-1',
  profile: 'cx505',
  device: { model: 'CX-505', serial: 'T/0001', port: '/dev/fake' },
};

test('always have room: that a gap begins, what was in it, and the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 30_000, max: 100_000 }),
      fc.integer({ min: 0, max: 2000 }),
      fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 8 }),
      async (maxBytes, described, releases) => {
        const dir = await mkdtemp(join(tmpdir(), 'gap-'));
        const spool = await Spool.open({ dir, maxBytes });
        try {
          const time = new OwnedTime();
          const records: SessionRecord[] = [];
          const outbox = new Outbox({
            source: 'bench-1',
            consumers: ['writer'],
            spool,
            kept: (line) => {
              const result = decodeLine(line);
              if (result.ok) records.push(result.record);
            },
          });
          const health = new Health({ clock: time, log: silentLog });
          const keep = outbox.begin.bind(outbox);
          const journal = new Journal({ keep, clock: time, log: silentLog, health });
          const metadata = { sample: 'x'.repeat(described) };
          expect(journal.begin({ ...origin, metadata }, reading(time))).toBe(true);
          const id = records[0]?.session ?? '';
          const fill = (): void => {
            for (let n = 0; n < 300 && health.reasons.length === 0; n++) {
              journal.measurement(reading(time));
            }
            for (let n = 0; n < 20; n++) journal.measurement(reading(time));
          };
          fill();
          expect(inShort(records).at(-1)).toBe('spool: gap_begins');
          for (const count of releases) {
            outbox.acknowledge('writer', id, outbox.acknowledged('writer', id) + count);
            fill();
            expect(spool.bytes).toBeLessThanOrEqual(maxBytes);
          }
          const full = health.reasons.length > 0;
          expect(journal.end('stopped')).toBe(true);
          const said = inShort(records);
          expect(said.slice(full ? -2 : -1)).toEqual(
            full ? ['spool: gap', 'session_end: stopped'] : ['session_end: stopped'],
          );
          const count = (what: string): number => said.filter((one) => one === what).length;
          expect(count('spool: gap_begins')).toBe(count('spool: gap'));
        } finally {
          await spool.close();
          await rm(dir, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 30 },
  );
}, 30_000);
