/**
 * Asks the health pages of all processes once a second each, one after another within the second. What was
 * answered last is remembered; who does not answer is asked again in the next second, and never twice at once.
 */
import type { Answer } from '@elmetron/report';

export interface Asked {
  readonly answer: Answer;
  /** On the monotonic clock, when it came. */
  readonly at: number;
  /** Since when it is of this kind. */
  readonly since: number;
}

export interface HealthWatchParts {
  /** On 127.0.0.1; 0 is not asked. */
  readonly ports: readonly number[];
  readonly ask: (port: number, signal: AbortSignal) => Promise<Answer>;
  readonly monotonic: () => number;
  /** A port has answered, or has not. */
  readonly asked: (port: number) => void;
  /** 1000 */
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;

export class HealthWatch {
  readonly #parts: HealthWatchParts;
  readonly #last = new Map<number, Asked>();
  /** The last answer of a page of ours. */
  readonly #lastPage = new Map<number, Asked>();
  readonly #abort = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #busy = new Set<number>();
  #timers: NodeJS.Timeout[] = [];

  constructor(parts: HealthWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    const { everyMs = EVERY_MS } = this.#parts;
    const ports = [...new Set(this.#parts.ports)].filter((port) => port !== 0);
    this.#timers = ports.map((port, i) =>
      setTimeout(
        () => {
          this.#look(port);
          this.#timers.push(
            setInterval(() => {
              this.#look(port);
            }, everyMs),
          );
        },
        (i * everyMs) / ports.length,
      ),
    );
  }

  /** undefined: not asked yet. */
  of(port: number): Asked | undefined {
    if (port === 0) return { answer: { state: 'off' }, at: this.#parts.monotonic(), since: 0 };
    return this.#last.get(port);
  }

  /** The last time that it did answer. */
  lastPage(port: number): Asked | undefined {
    return this.#lastPage.get(port);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#abort.abort();
    await Promise.all(this.#underWay);
  }

  #look(port: number): void {
    if (this.#busy.has(port) || this.#abort.signal.aborted) return;
    this.#busy.add(port);
    const looking = this.#ask(port).finally(() => {
      this.#busy.delete(port);
      this.#underWay.delete(looking);
    });
    this.#underWay.add(looking);
  }

  /** Never rejects. */
  async #ask(port: number): Promise<void> {
    const { ask, monotonic, asked } = this.#parts;
    const { signal } = this.#abort;
    const answer = await ask(port, signal).catch((error: unknown): Answer => {
      return { state: 'silent', why: error instanceof Error ? error.message : String(error) };
    });
    if (signal.aborted) return;
    const before = this.#last.get(port);
    const at = monotonic();
    const same = before?.answer.state === answer.state;
    const entry = { answer, at, since: same ? before.since : at };
    this.#last.set(port, entry);
    if (answer.state === 'answers') this.#lastPage.set(port, entry);
    asked(port);
  }
}
