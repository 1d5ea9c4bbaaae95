/**
 * The quarantine folder of a writer that goes on without it: what cannot be put there now (the caller
 * keeps it elsewhere) is put there later, as soon as the folder can be written again.
 */
import type { Health } from '@elmetron/runtime';
import type { Quarantine, QuarantineEntry } from '@elmetron/storage';

export interface PatientQuarantineOptions {
  readonly quarantine: Pick<Quarantine, 'put'>;
  /** For the message. */
  readonly dir: string;
  readonly health: Health;
  /** How often a folder that cannot be written is tried again. */
  readonly retryMs: number;
}

/** Of what waits for the folder, so much is remembered; all of it is in the database anyway. */
const WAITING_BYTES = 1_048_576;

export class PatientQuarantine {
  readonly #options: PatientQuarantineOptions;
  #waiting: QuarantineEntry[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: PatientQuarantineOptions) {
    this.#options = options;
  }

  /** True when it is durable there; false: it has to be kept elsewhere. Never rejects. */
  async keep(entry: QuarantineEntry): Promise<boolean> {
    const problem = await this.#put(entry);
    if (problem === undefined) {
      if (this.#waiting.length === 0) this.#writable();
      return true;
    }
    const { dir, health } = this.#options;
    health.raise(
      'quarantine_unwritable',
      `${dir} cannot be written (${problem}); what is set aside is kept in the database as an event. Check its room and permissions.`,
    );
    // The newest is remembered in any case: something has to be there to try with.
    const size = entry.bytes.length;
    if (this.#waiting.length === 0 || this.#waitingBytes + size <= WAITING_BYTES) {
      this.#waiting.push(entry);
      this.#waitingBytes += size;
    }
    this.#tryLater();
    return false;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #put(entry: QuarantineEntry): Promise<string | undefined> {
    try {
      await this.#options.quarantine.put(entry);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #tryLater(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      void this.#tryAgain().finally(() => {
        this.#timer = undefined;
        if (this.#waiting.length > 0) this.#tryLater();
      });
    }, this.#options.retryMs);
    this.#timer.unref();
  }

  async #tryAgain(): Promise<void> {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if ((await this.#put(first)) !== undefined) return;
      this.#waiting.shift();
      this.#waitingBytes -= first.bytes.length;
    }
    this.#writable();
  }

  #writable(): void {
    this.#options.health.clear('quarantine_unwritable');
  }
}
