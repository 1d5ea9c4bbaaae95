/** The writer's end of the stream, played by the harness: it counts everything that it gets as durable. */
import { newSessionId, silentLog, StreamClient, systemClock } from '@elmetron/protocol';

export class SpoolConsumer {
  readonly #client: StreamClient;
  #records = 0;

  constructor(endpoint: string) {
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
        batch: ({ session, first, lines }) => {
          this.#records += lines.length;
          client.acknowledge(session, first + lines.length - 1);
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
