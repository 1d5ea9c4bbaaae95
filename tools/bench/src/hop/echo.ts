/** Answers each message with one as long as an acknowledgement, over ZeroMQ. */
import { Router } from 'zeromq';
import type { EchoSpec } from './spec.js';

const ANSWER = 'x'.repeat(80);

const { endpoint } = JSON.parse(process.argv[2] ?? '{}') as EchoSpec;
process.once('SIGTERM', () => process.exit(0));
const socket = new Router();
await socket.bind(endpoint);
for await (const [peer] of socket) {
  if (peer !== undefined) await socket.send([peer, ANSWER]);
}
