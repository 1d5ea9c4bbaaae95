/**
 * Consumers and sources that are other programs: separate processes that speak the stream by hand,
 * with nothing but ZeroMQ and JSON, and that can be killed at any moment.
 */
import { spawn, type ChildProcess } from 'node:child_process';

const CONSUMER = `
import { Dealer } from 'zeromq';
const [endpoint, run] = process.argv.slice(1);
const socket = new Dealer({ linger: 0 });
socket.connect(endpoint);
await socket.send(JSON.stringify({ v: 1, type: 'hello', consumer: 'writer', run, window: 50 }));
for await (const [header] of socket) {
  const { type, session, first, count } = JSON.parse(header);
  if (type !== 'batch') continue;
  const seq = first + count - 1;
  console.log(String(seq)); // A number would be coloured where colours are forced.
  await socket.send(JSON.stringify({ v: 1, type: 'ack', session, seq }));
}`;

/** Serves session a with lines 0 to 400, ten a batch, from \`after\` on; knows no field that may be missing. */
const SOURCE = `
import { Router } from 'zeromq';
const [endpoint, after] = process.argv.slice(1);
const socket = new Router({ linger: 0 });
await socket.bind(endpoint);
const say = (peer, header, ...body) => socket.send([peer, JSON.stringify({ v: 1, ...header }), ...body]);
for await (const [peer, header] of socket) {
  const { type, seq } = JSON.parse(header);
  if (type === 'ack') console.log(String(seq));
  if (type !== 'hello') continue;
  await say(peer, { type: 'welcome', source: 'raw', sessions: [{ session: 'a', last: 400 }] });
  await say(peer, { type: 'batch', session: 'a', prev: -1, first: 0, count: 1 }, 'a:0\\n');
  for (let first = Number(after) + 1; first < 400; first += 10) {
    let body = '';
    for (let n = first; n < first + 10; n += 1) body += 'a:' + n + '\\n';
    await say(peer, { type: 'batch', session: 'a', prev: first - 1, first, count: 10 }, body);
  }
}`;

export class RawPeer {
  /** The numbers that it has said it has, or that were acknowledged to it. */
  readonly numbers: number[] = [];
  readonly #child: ChildProcess;

  constructor(kind: 'consumer' | 'source', endpoint: string, argument: string) {
    const script = kind === 'consumer' ? CONSUMER : SOURCE;
    const flags = ['--input-type=module', '-e', script, '--', endpoint, argument];
    this.#child = spawn(process.execPath, flags, {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (text: Buffer) => {
      for (const line of text.toString().trim().split('\n')) this.numbers.push(Number(line));
    });
  }

  /** As the power switch would: it cannot say goodbye. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Keeps its connection and does nothing any more. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }
}
