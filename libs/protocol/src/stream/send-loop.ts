/**
 * One send at a time per socket: zeromq.js refuses a second one that begins while the first is
 * under way. The loop does not queue, it asks for the next message when it can send one; so nothing
 * piles up behind a peer that does not read.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** `full`: the peer's queue takes no more for now; `gone`: there is no such peer any more. */
export type SendOutcome = 'queued' | 'full' | 'gone';

/** Messages sent in one go before timers and other sockets get their turn. */
const SENDS_PER_TURN = 64;

export interface SendLoopOptions<T> {
  /** The next message; undefined when there is none for now. */
  next(): T | undefined;
  send(message: T): Promise<void>;
  settled(message: T, outcome: SendOutcome): void;
  /** Something that cannot happen did; the loop has ended. */
  failed(error: unknown): void;
}

export class SendLoop<T> {
  readonly #options: SendLoopOptions<T>;
  #scheduled = false;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: SendLoopOptions<T>) {
    this.#options = options;
  }

  /** There may be something to send: looks soon, once for all calls of this turn. */
  wake(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush().catch((error: unknown) => this.#options.failed(error));
    });
  }

  /** Sends until there is nothing more to send now. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#stopped) return;
    this.#running = this.#run().finally(() => (this.#running = undefined));
    await this.#running;
  }

  /** Nothing is sent after the send that is under way. */
  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    for (let sent = 1; !this.#stopped; sent += 1) {
      const message = this.#options.next();
      if (message === undefined) return;
      this.#options.settled(message, await this.#send(message));
      if (sent % SENDS_PER_TURN === 0) await nextTurn();
    }
  }

  async #send(message: T): Promise<SendOutcome> {
    try {
      await this.#options.send(message);
      return 'queued';
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome === undefined) throw error;
      return outcome;
    }
  }
}

function outcomeOf(error: unknown): SendOutcome | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EAGAIN') return 'full';
  if (code === 'EHOSTUNREACH' || code === 'EBADF') return 'gone';
  return undefined;
}
