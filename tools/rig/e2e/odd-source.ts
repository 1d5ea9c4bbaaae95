/** An acquisition that offers what the test tells it to: records that are none, holes, other content. */
import {
  encodeRecord,
  newSessionId,
  silentLog,
  StreamServer,
  systemClock,
  type OutboxBatch,
  type StreamSource,
} from '@elmetron/protocol';
import { eventually, isFree, PATIENCE_MS } from '@elmetron/rig';

export class OddSource implements StreamSource {
  readonly source: string;
  readonly session: string;
  acknowledgedUpTo = -1;
  /** By number; what is not there is lost. */
  readonly #lines = new Map<number, Buffer>();
  #server: StreamServer | undefined;

  constructor(source: string, session = newSessionId()) {
    this.source = source;
    this.session = session;
    const at = '2026-01-02T03:04:05.000Z';
    this.#lines.set(
      0,
      encodeRecord({
        v: 1,
        type: 'session_start',
        session,
        seq: 0,
        started_at: at,
        source: 'odd',
        profile: 'cx505',
        device: { model: 'CX-505', serial: 'EMU00001', port: 'p' },
        emulated: true,
        metadata: {},
      }),
    );
  }

  /** A record with this number; `message` makes it another one. */
  event(seq: number, message: string): void {
    const at = '2026-01-02T03:04:06.000Z';
    const fields = { at, level: 'info', category: 'test', message, payload: {} } as const;
    const { session } = this;
    this.#lines.set(seq, encodeRecord({ v: 1, type: 'audit_event', session, seq, ...fields }));
  }

  /** Bytes that are no record. */
  poison(seq: number): void {
    this.#lines.set(seq, Buffer.from('{"v":1,"type":"measurement","crc":"00000000"}'));
  }

  async bind(endpoint: string): Promise<void> {
    const parts = { clock: systemClock, log: silentLog };
    this.#server = await StreamServer.bind({
      endpoint,
      source: this,
      consumers: ['writer'],
      ...parts,
    });
  }

  /** ZeroMQ lets go of a port on a thread of its own, a moment after its socket is closed: waits for that. */
  async close(): Promise<void> {
    if (this.#server === undefined) return;
    const { endpoint } = this.#server;
    await this.#server.close({ drainMs: 0 });
    const port = Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
    await eventually(`${endpoint} to be free`, () => isFree(port), PATIENCE_MS);
  }

  /** There are new lines. */
  wake(): void {
    this.#server?.wake();
  }

  get last(): number {
    return Math.max(...this.#lines.keys());
  }

  sessions() {
    const startLine = this.#lines.get(0) ?? Buffer.alloc(0);
    return [{ session: this.session, startLine, last: this.last }];
  }

  acknowledged(): number {
    return this.acknowledgedUpTo;
  }

  read(_session: string, after: number): OutboxBatch | undefined {
    for (let seq = after + 1; seq <= this.last; seq++) {
      const line = this.#lines.get(seq);
      if (line !== undefined) return { prev: after, first: seq, lines: [line] };
    }
    return undefined;
  }

  acknowledge(_consumer: string, _session: string, seq: number): void {
    this.acknowledgedUpTo = Math.max(this.acknowledgedUpTo, seq);
  }
}
