/** Listens to server-sent events, as a page does, and keeps what came. */
import { get, type ClientRequest, type OutgoingHttpHeaders } from 'node:http';
import { eventually, PATIENCE_MS } from '../eventually.js';

export interface StreamEvent {
  /** `message` where none is named. */
  readonly event: string;
  /** The data as JSON. */
  readonly data: unknown;
  /** When its last byte came, ms since 1970. */
  readonly at: number;
}

export class EventStream {
  readonly events: StreamEvent[] = [];
  /** The server has ended it, or has gone. */
  ended = false;
  readonly #request: ClientRequest;

  private constructor(request: ClientRequest) {
    this.#request = request;
  }

  /** Resolves when the server has begun to answer. Rejects with any status but 200. */
  static open(
    port: number,
    path = '/api/live',
    headers: OutgoingHttpHeaders = {},
  ): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, headers, agent: false });
      const stream = new EventStream(request);
      const end = (): void => {
        stream.ended = true;
      };
      request.once('error', (error) => {
        end();
        reject(error);
      });
      request.once('response', (response) => {
        const { statusCode = 0, headers: answered } = response;
        const type = String(answered['content-type']);
        if (statusCode !== 200 || !type.startsWith('text/event-stream')) {
          request.destroy();
          reject(new Error(`GET ${path}: ${statusCode} ${type}`));
          return;
        }
        let rest = '';
        response.setEncoding('utf8');
        response.on('error', end);
        response.once('close', end);
        response.on('data', (chunk: string) => {
          const blocks = (rest + chunk).split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) stream.#take(block);
        });
        resolve(stream);
      });
    });
  }

  /** The bodies of all events of a name. */
  of(event: string): unknown[] {
    return this.events.filter((one) => one.event === event).map(({ data }) => data);
  }

  /** Waits until an event of a name has been among those that came. */
  async saw(
    event: string,
    accepts: (data: unknown) => boolean = () => true,
    withinMs = PATIENCE_MS,
  ): Promise<void> {
    await eventually(
      `an event ${event}`,
      () => this.of(event).some(accepts),
      withinMs,
      () => JSON.stringify(this.events.slice(-5)).slice(0, 4_000),
    );
  }

  close(): void {
    this.#request.destroy();
  }

  #take(block: string): void {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
    }
    // A comment keeps a connection alive, and says nothing.
    if (data.length === 0) return;
    const body = JSON.parse(data.join('\n')) as unknown;
    this.events.push({ event, data: body, at: Date.now() });
  }
}
