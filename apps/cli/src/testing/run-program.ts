/** Runs a command line as a person does, with its outputs kept; nothing of it leaves this process. */
import { PassThrough, Readable } from 'node:stream';
import { runProgram } from '../program.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The lines of `out`, each a value. */
  readonly values: unknown[];
}

export interface Circumstances {
  readonly terminal?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** What is typed. */
  readonly input?: string;
  /** Called with all that was printed so far, each time there is more. */
  readonly seen?: (out: string) => void;
}

export async function elmetron(
  args: readonly string[],
  { terminal = false, env = {}, signal, input = '', seen }: Circumstances = {},
): Promise<Ran> {
  const [out, err] = [kept(terminal, seen), kept(terminal)];
  const stdin = Object.assign(Readable.from([input]), { isTTY: terminal });
  const code = await runProgram(args, {
    stdin,
    stdout: out.stream,
    stderr: err.stream,
    env,
    signal: signal ?? new AbortController().signal,
  });
  const text = out.text();
  return {
    code,
    out: text,
    err: err.text(),
    get values() {
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line));
    },
  };
}

function kept(isTTY: boolean, seen?: (text: string) => void) {
  const chunks: Buffer[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 });
  const text = () => Buffer.concat(chunks).toString();
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    seen?.(text());
  });
  return { stream, text };
}
