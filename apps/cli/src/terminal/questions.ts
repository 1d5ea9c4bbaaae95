/** Asks a person, line by line. The terminal keeps its own editing of a line, and its Ctrl-C. */
import { createInterface, type Interface } from 'node:readline';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../context.js';

export class Questions {
  readonly #context: Pick<CommandContext, 'voice' | 'signal'>;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  /** Whether anybody is there to answer. */
  static canBeAsked({ stdin, voice }: Pick<CommandContext, 'stdin' | 'voice'>): boolean {
    return stdin.isTTY === true && !voice.json;
  }

  constructor(context: Pick<CommandContext, 'stdin' | 'voice' | 'signal'>) {
    this.#context = context;
    this.#reader = createInterface({ input: context.stdin, terminal: false });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** What was typed, without blanks around it; undefined when the input has ended. Throws CliError `interrupted`. */
  async ask(text: string): Promise<string | undefined> {
    const { voice, signal } = this.#context;
    voice.question(text);
    let stop: () => void = () => undefined;
    const interrupted = new Promise<never>((_, reject) => {
      stop = () => {
        reject(new CliError('interrupted', 'Interrupted; nothing was changed.'));
      };
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
    });
    try {
      const line = await Promise.race([this.#lines.next(), interrupted]);
      return line.done === true ? undefined : line.value.trim();
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** True only for a yes. */
  async yes(text: string): Promise<boolean> {
    return /^y(?:es)?$/i.test((await this.ask(`${text} (y/N)`)) ?? '');
  }

  close(): void {
    this.#reader.close();
  }
}
