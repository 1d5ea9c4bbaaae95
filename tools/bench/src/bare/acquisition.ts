/**
 * What the parts cost by themselves: polls the meter, and hands each answer to the bare writer. No checks, no spool, no
 * record: a frame is what ends with ETX. At SIGTERM it says when each frame was acknowledged.
 */
import { SerialPort } from 'serialport';
import { Dealer } from 'zeromq';
import { microsecondsSinceBoot } from '@elmetron/rig';
import type { BareAcquisition, BareTrip, BareTrips } from './work.js';

const POLL = Buffer.from('012330233023302303', 'hex');
const ETX = 3;

const { path, endpoint, intervalMs } = JSON.parse(process.argv[2] ?? '{}') as BareAcquisition;
const trips: BareTrip[] = [];
const sent: string[] = [];
const socket = new Dealer();
socket.connect(endpoint);
const port = new SerialPort({ path, baudRate: 115_200, dataBits: 8, stopBits: 2, parity: 'even' });

let began = 0;
let next = 0;
let held = Buffer.alloc(0);
/** One send at a time. */
let sending = Promise.resolve();

function poll(): void {
  next = Math.max(next, Math.floor((performance.now() - began) / intervalMs)) + 1;
  port.write(POLL);
}

port.on('open', () => {
  began = performance.now();
  poll();
});
port.on('data', (chunk: Buffer) => {
  held = Buffer.concat([held, chunk]);
  if (held.at(-1) !== ETX) return;
  const frame = held.toString('latin1');
  held = Buffer.alloc(0);
  sending = sending.then(() => socket.send(frame));
  sent.push(Buffer.from(frame, 'latin1').toString('hex'));
  setTimeout(poll, Math.max(0, Math.ceil(began + next * intervalMs - performance.now())));
});
process.on('SIGTERM', () => {
  const said: BareTrips = { trips };
  process.stdout.write(`${JSON.stringify(said)}\n`, () => process.exit(0));
});
for await (const [number] of socket) {
  const frame = sent[Number(number?.toString())];
  if (frame !== undefined) trips.push({ frame, acknowledgedUs: microsecondsSinceBoot() });
}
