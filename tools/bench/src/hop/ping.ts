/** Asks the echo at a meter's pace, directly and through the relay by turns, and says what each answer took. */
import { setTimeout as delay } from 'node:timers/promises';
import { Dealer } from 'zeromq';
import type { PingSpec, PingTimes } from './spec.js';

/** About a batch of one record: its header, and its line. */
const MESSAGE = ['x'.repeat(130), 'x'.repeat(565)];

const { direct, relayed, everyMs, count } = JSON.parse(process.argv[2] ?? '{}') as PingSpec;
const ways = [direct, relayed].map((endpoint) => {
  const socket = new Dealer();
  socket.connect(endpoint);
  return { socket, ms: [] as number[] };
});
for (let n = 0; n < count; n++) {
  for (const { socket, ms } of ways) {
    await delay(everyMs);
    const began = performance.now();
    await socket.send(MESSAGE);
    await socket.receive();
    ms.push(performance.now() - began);
  }
}
const [directMs = [], relayedMs = []] = ways.map(({ ms }) => ms);
const times: PingTimes = { directMs, relayedMs };
process.stdout.write(`${JSON.stringify(times)}\n`, () => process.exit(0));
