/**
 * Carries one database's backlog into its store: a batch every `intervalMs`, or at once when there is
 * enough for one, when a delivery waits for the commit to be acknowledged, or when readings come so seldom that each
 * has its own. A store that is locked or
 * full is tried again for as long as it takes; meanwhile taking and syncing go on.
 */
import type { Clock, Log } from '@elmetron/protocol';
import {
  StorageError,
  type CommitResult,
  type Conflict,
  type StorageErrorCode,
  type Store,
  type StoreEvent,
} from '@elmetron/storage';
import type { Backlog, BacklogEntry, BacklogPiece } from './backlog.js';
import { Wakeup } from './wakeup.js';

export interface CommitterOptions {
  readonly backlog: Backlog;
  readonly store: () => Promise<Store>;
  readonly intervalMs: number;
  /** About so many bytes of lines make one transaction, and are worth one before `intervalMs` has passed. */
  readonly batchBytes: number;
  readonly retryMs: { readonly first: number; readonly most: number };
  /** Resolves when the refused record is kept. */
  readonly conflict: (conflict: Conflict) => Promise<void>;
  /** After each round that committed something, and whenever there was nothing to do: time to tidy up. */
  readonly settled: (store: Store) => Promise<void>;
  /** Nothing comes to be tidied up before something is pushed. */
  readonly nothingHeld?: () => boolean;
  readonly stateChanged: (problem: StorageError | undefined) => void;
  /** Trying again makes no sense in this life. */
  readonly fatal: (error: unknown) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Of the interval between two transactions: a meter's pace is not exact to the millisecond. */
const ALMOST = 0.9;

/** A batch that lies with the store. */
interface Commit {
  readonly piece: BacklogPiece;
  readonly result: Promise<CommitResult>;
}

function commitOf(store: Store, piece: BacklogPiece | undefined): Commit | undefined {
  if (piece === undefined) return undefined;
  const { lines, tables } = piece;
  const result = store.commit({ lines, ...(tables && { tables }), recovered: false });
  // It is waited for in its turn; until then its failure is nobody's.
  result.catch(() => undefined);
  return { piece, result };
}

/** Something to do in the store once everything pushed before is committed. */
interface Task {
  readonly afterRecords: number;
  readonly run: (store: Store) => Promise<void>;
}

export class Committer {
  readonly #options: CommitterOptions;
  readonly #wakeup = new Wakeup();
  readonly #tasks: Task[] = [];
  #pushed = 0;
  #committed = 0;
  #urgent = false;
  /** The last round had about enough for a transaction: more is likely on its way. */
  #busy = false;
  /** There is nothing to do until something is pushed. */
  #idle = false;
  /** The end of the last transaction, on the monotonic clock. */
  #transactionAt: number | undefined;
  /** A trouble is being waited out, in ms; 0 when there is none. */
  #retryMs = 0;
  #stopSignal: AbortSignal | undefined;
  #loop: Promise<void> | undefined;
  #problem: StorageError | undefined;
  #lastCommitAt: number | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** UTC ms of the last commit of this life. */
  get lastCommitAt(): number | undefined {
    return this.#lastCommitAt;
  }

  push(entry: BacklogEntry): void {
    this.#options.backlog.push(entry);
    this.#pushed += entry.records;
    const { backlog, batchBytes } = this.#options;
    const enough = this.#retryMs === 0 && backlog.memoryBytes >= batchBytes;
    if (enough || entry.committed !== undefined || this.#isRare(entry)) this.#urgent = true;
    this.#start();
    if (this.#urgent || this.#idle) {
      this.#idle = false;
      this.#wakeup.wake();
    }
  }

  /** Resolves when the event is durable in the store. */
  async recordEvent(event: StoreEvent): Promise<void> {
    await this.afterEverythingPushed((store) => store.recordEvent(event));
  }

  /** Runs `task` in the store after everything pushed so far; retried like a commit. */
  async afterEverythingPushed(task: (store: Store) => Promise<void>): Promise<void> {
    // What is counted as pushed before must be committed before.
    this.#options.backlog.fence();
    await new Promise<void>((resolve) => {
      this.#tasks.push({
        afterRecords: this.#pushed,
        run: async (store) => {
          await task(store);
          resolve();
        },
      });
      this.#urgent = true;
      this.#start();
      this.#wakeup.wake();
    });
  }

  /** Commits what is left, as far as it gets until `signal` aborts, and ends the loop. */
  async stop(signal: AbortSignal): Promise<boolean> {
    this.#urgent = true;
    const abort = (): void => {
      this.#wakeup.wake();
    };
    signal.addEventListener('abort', abort);
    this.#stopSignal = signal;
    this.#wakeup.wake();
    await this.#loop;
    signal.removeEventListener('abort', abort);
    if (this.#isDone() && this.#loop !== undefined) await this.#tidyUp();
    return this.#isDone();
  }

  /** What was closed while the last round ran is tidied up after it. */
  async #tidyUp(): Promise<void> {
    try {
      await this.#options.settled(await this.#options.store());
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Not everything could be tidied up at the end');
    }
  }

  #start(): void {
    this.#loop ??= this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#finished()) {
      if (this.#retryMs > 0) await this.#wakeup.wait(this.#retryMs);
      else if (!this.#urgent) await this.#rest();
      this.#urgent = false;
      try {
        await this.#round();
        this.#retryMs = 0;
        this.#report(undefined);
      } catch (error) {
        if (!this.#mayRetry(error)) return;
        const { first, most } = this.#options.retryMs;
        this.#retryMs = Math.min(most, Math.max(first, this.#retryMs * 2));
      }
    }
  }

  /**
   * Nothing else waits, and its transaction is all but due: to commit it now spares a wake-up for it, and whoever reads
   * the database has it at once.
   */
  #isRare({ records }: BacklogEntry): boolean {
    const { backlog, clock, intervalMs } = this.#options;
    if (this.#transactionAt === undefined || this.#retryMs > 0) return false;
    const passed = clock.monotonic() - this.#transactionAt;
    return backlog.records === records && passed >= ALMOST * intervalMs;
  }

  async #rest(): Promise<void> {
    if (this.#isDone() && this.#options.nothingHeld?.() === true) {
      this.#idle = true;
      await this.#wakeup.wait();
      this.#idle = false;
      if (this.#urgent) return;
    }
    await this.#wakeup.wait(this.#restMs());
  }

  /** What a burst leaves behind is too little for a batch, and need not wait for a whole interval. */
  #restMs(): number {
    const { intervalMs } = this.#options;
    return this.#busy ? intervalMs / 10 : intervalMs;
  }

  #finished(): boolean {
    if (this.#stopSignal === undefined) return false;
    return this.#stopSignal.aborted || this.#isDone();
  }

  #isDone(): boolean {
    return this.#options.backlog.records === 0 && this.#tasks.length === 0;
  }

  async #round(): Promise<void> {
    const { backlog, batchBytes, settled } = this.#options;
    this.#busy = false;
    const store = await this.#options.store();
    await this.#runTasks(store);
    for (let ahead: Promise<Commit | undefined> | undefined; ;) {
      const next = await ahead;
      // What is not committed by then rests in its buffers: a stop that takes too long ends as a crash.
      if (next === undefined && this.#stopSignal?.aborted === true) return;
      const now = next ?? commitOf(store, await backlog.take(batchBytes));
      if (now === undefined) break;
      ahead = this.#ahead(store);
      // It is waited for in its turn; until then its failure is nobody's.
      ahead.catch(() => undefined);
      try {
        await this.#finish(now);
      } catch (error) {
        // Whatever becomes of it, it is done again: the store knows every record by its key.
        await ahead.then((lying) => lying?.result).catch(() => undefined);
        throw error;
      }
      await this.#runTasks(store);
    }
    await settled(store);
  }

  /**
   * While the store is at one batch the next one already lies with it, read back from the disk if need be. Not when
   * something is to be done in the store in between: that must see nothing of what was pushed after it.
   */
  async #ahead(store: Store): Promise<Commit | undefined> {
    const { backlog, batchBytes } = this.#options;
    if (this.#tasks.length > 0 || this.#stopSignal !== undefined) return undefined;
    return commitOf(store, await backlog.takeAhead(batchBytes));
  }

  async #finish({ piece, result }: Commit): Promise<void> {
    const { batchBytes, conflict, clock } = this.#options;
    const { conflicts } = await result;
    for (const refused of conflicts) await conflict(refused);
    this.#lastCommitAt = clock.now();
    this.#transactionAt = clock.monotonic();
    this.#busy ||= 2 * piece.bytes >= batchBytes;
    piece.done();
    this.#committed += piece.records;
  }

  async #runTasks(store: Store): Promise<void> {
    for (;;) {
      const task = this.#tasks[0];
      if (task === undefined || task.afterRecords > this.#committed) return;
      await task.run(store);
      this.#tasks.shift();
    }
  }

  #mayRetry(error: unknown): boolean {
    if (error instanceof StorageError && this.#passes(error.code)) {
      this.#report(error);
      return true;
    }
    this.#options.fatal(error);
    return false;
  }

  /**
   * A database that was damaged before this life wrote to it stays so until recovery gets to it:
   * buffers grow meanwhile. One that breaks under us is worth a restart, which runs recovery.
   */
  #passes(code: StorageErrorCode): boolean {
    if (code === 'store_damaged') return this.#lastCommitAt === undefined;
    return PASSING.has(code);
  }

  #report(problem: StorageError | undefined): void {
    if (problem?.code === this.#problem?.code) return;
    this.#problem = problem;
    this.#options.stateChanged(problem);
  }
}

/**
 * Troubles of a database that can pass by themselves. `buffer_unwritable` is what the making of the
 * database's own directory says.
 */
export const PASSING: ReadonlySet<StorageErrorCode> = new Set<StorageErrorCode>([
  'store_locked',
  'store_unwritable',
  'lock_held',
  'buffer_unwritable',
]);
