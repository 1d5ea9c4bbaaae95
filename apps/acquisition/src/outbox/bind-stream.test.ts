import { silentLog, systemClock, type StreamServer } from '@elmetron/protocol';
import { expect, test } from 'vitest';
import { freeEndpoint } from '../testing/free-endpoint.js';
import { MemorySpool } from '../testing/memory-spool.js';
import { systemTimers } from '@elmetron/link';
import { bindStream } from './bind-stream.js';
import { Outbox } from './outbox.js';

function bindAt(endpoint: string, ms: number): Promise<StreamServer> {
  const consumers = ['writer'];
  const parts = { source: 'bench-1', consumers, spool: new MemorySpool(), kept: () => undefined };
  return bindStream(
    { endpoint, source: new Outbox(parts), consumers, clock: systemClock, log: silentLog },
    { clock: systemClock, timers: systemTimers, ms },
  );
}

test('an endpoint that stays taken is refused by name', async () => {
  const endpoint = await freeEndpoint();
  const other = await bindAt(endpoint, 0);
  const refused = bindAt(endpoint, 50);
  await expect(refused).rejects.toMatchObject({ code: 'endpoint_busy' });
  await expect(refused).rejects.toThrow(endpoint);
  await other.close({ drainMs: 0 });
});

test('an endpoint that a predecessor is just leaving is waited for', async () => {
  const endpoint = await freeEndpoint();
  const predecessor = await bindAt(endpoint, 0);
  const successor = bindAt(endpoint, 5000);
  await predecessor.close({ drainMs: 0 });
  await (await successor).close({ drainMs: 0 });
});
