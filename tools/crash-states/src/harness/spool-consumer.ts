/**
 * The writer's end of the stream, played by the harness: it counts what it gets as durable, at once
 * or so many records late. One that is late leaves something owed with every acknowledgement.
 */
import { newSessionId, silentLog, StreamClient, systemClock } from '@elmetron/protocol';

export class SpoolConsumer {
  readonly #client: StreamClient;
  #records = 0;

  constructor(endpoint: string, late = 0) {
    const client: StreamClient = new StreamClient({
      endpoint,
      consumer: 'writer',
      run: newSessionId(),
      window: 1_000,
      clock: systemClock,
      log: silentLog,
      heartbeatMs: 200,
      handler: {
        welcome: () => undefined,
        fenced: () => undefined,
        connection: () => undefined,
        batch: ({ session, first, count }) => {
          this.#records += count;
          const durable = first + count - 1 - late;
          if (durable >= 0) client.acknowledge(session, durable);
        },
      },
    });
    this.#client = client;
    client.start();
  }

  /** Records that it got. */
  get records(): number {
    return this.#records;
  }

  async stop(): Promise<void> {
    await this.#client.stop();
  }
}
