/** A few long-lived processes that check states side by side. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CheckOptions, CheckSetting, DiskState } from './state.js';
import type { WorkDone, WorkOrder } from './worker-main.js';

const ENTRY = fileURLToPath(new URL('./worker-main.js', import.meta.url));

interface Member {
  readonly child: ChildProcess;
  readonly waiting: Map<number, (violations: readonly string[]) => void>;
}

export class CheckPool {
  readonly #scratch: string;
  readonly #members: Member[];
  readonly #free: Member[];
  readonly #queue: ((member: Member) => void)[] = [];
  #lastId = 0;

  constructor(processes: number, scratch: string) {
    this.#scratch = scratch;
    this.#members = Array.from({ length: processes }, () => newMember());
    this.#free = [...this.#members];
  }

  /** For all states that follow. Resolves when every process knows it. */
  async prepare(setting: CheckSetting): Promise<void> {
    const broken = await Promise.all(
      this.#members.map((member) => this.#order(member, { setting })),
    );
    const [first] = broken.flat();
    if (first !== undefined) throw new Error(first);
  }

  /** Waits for a free process, then resolves to what runs on: the check of this state. */
  async submit(
    state: DiskState,
    options: CheckOptions,
  ): Promise<{ readonly done: Promise<readonly string[]> }> {
    const member =
      this.#free.pop() ?? (await new Promise<Member>((resolve) => this.#queue.push(resolve)));
    const done = this.#order(member, { state, options }).finally(() => {
      const next = this.#queue.shift();
      if (next === undefined) this.#free.push(member);
      else next(member);
    });
    return { done };
  }

  close(): void {
    for (const { child } of this.#members) child.disconnect();
  }

  #order(member: Member, what: Omit<WorkOrder, 'id' | 'scratch'>): Promise<readonly string[]> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      member.waiting.set(id, resolve);
      member.child.send({ id, scratch: this.#scratch, ...what } satisfies WorkOrder);
    });
  }
}

function newMember(): Member {
  const child = fork(ENTRY, {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting: Member['waiting'] = new Map();
  child.on('message', ({ id, violations }: WorkDone) => {
    waiting.get(id)?.(violations);
    waiting.delete(id);
  });
  child.on('exit', (code, signal) => {
    for (const resolve of waiting.values()) {
      resolve([
        `the checking process died (${signal ?? code ?? ''}): recovery ended it, or the machine did`,
      ]);
    }
    waiting.clear();
  });
  return { child, waiting };
}
