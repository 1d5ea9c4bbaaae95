/**
 * Questions to one thread, which answers one after the other. The same question is asked once, however many want to
 * know; and what nobody waits for any more is not asked at all: a page that was reloaded ten times must not keep
 * another one waiting for ten answers.
 */
import { DashboardError } from '../dashboard-error.js';

export interface Asker {
  /** Two questions of one key have one answer; undefined: it is like no other. */
  readonly key?: string;
  /** Aborted when whoever asked has gone. */
  readonly signal?: AbortSignal;
}

interface Question {
  readonly key: string | undefined;
  readonly run: () => Promise<unknown>;
  readonly answer: Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  askers: number;
}

const MOST_WAITING = 100;

export class QuestionQueue {
  readonly #waiting: Question[] = [];
  #current: Question | undefined;

  /** Rejects as `run` does, and with DashboardError `busy` or, when whoever asked has gone, `gone`. */
  async ask<T>(run: () => Promise<T>, { key, signal }: Asker = {}): Promise<T> {
    if (signal?.aborted === true) throw gone();
    const question = this.#same(key) ?? this.#add(key, run);
    question.askers += 1;
    this.#next();
    // Questions of one key are answered alike.
    const answer = question.answer as Promise<T>;
    if (signal === undefined) return answer;
    return await new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        this.#leave(question);
        reject(gone());
      };
      signal.addEventListener('abort', leave, { once: true });
      answer.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', leave);
      });
    });
  }

  #same(key: string | undefined): Question | undefined {
    if (key === undefined) return undefined;
    return [this.#current, ...this.#waiting].find((question) => question?.key === key);
  }

  #add(key: string | undefined, run: () => Promise<unknown>): Question {
    if (this.#waiting.length >= MOST_WAITING) {
      throw new DashboardError('busy', 'Too many questions wait for the database; ask again.');
    }
    let resolve: Question['resolve'] = () => undefined;
    let reject: Question['reject'] = () => undefined;
    const answer = new Promise<unknown>((settle, fail) => {
      resolve = settle;
      reject = fail;
    });
    // All who asked may have gone by then.
    answer.catch(() => undefined);
    const question = { key, run, answer, resolve, reject, askers: 0 };
    this.#waiting.push(question);
    return question;
  }

  #leave(question: Question): void {
    question.askers -= 1;
    const at = this.#waiting.indexOf(question);
    if (question.askers === 0 && at >= 0) this.#waiting.splice(at, 1);
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const question = this.#waiting.shift();
    if (question === undefined) return;
    this.#current = question;
    question
      .run()
      .then(question.resolve, question.reject)
      .finally(() => {
        this.#current = undefined;
        this.#next();
      });
  }
}

function gone(): DashboardError {
  return new DashboardError('gone', 'Whoever asked has gone.');
}
