/**
 * All that a command says. Results go to standard output, everything else (progress, warnings, why it failed) to
 * standard error, so that a result can be piped; colours only where a person looks.
 */
import { once } from 'node:events';
import picocolors from 'picocolors';

export type Colours = ReturnType<typeof picocolors.createColors>;

export interface TerminalStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface VoiceOptions {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: NodeJS.ProcessEnv;
  /** Results are for a program. */
  readonly json: boolean;
}

export class Voice {
  readonly json: boolean;
  /** For what goes to standard output. */
  readonly colours: Colours;
  readonly #options: VoiceOptions;
  readonly #errorColours: Colours;

  constructor(options: VoiceOptions) {
    this.#options = options;
    this.json = options.json;
    this.colours = picocolors.createColors(coloured(options.stdout, options.env));
    this.#errorColours = picocolors.createColors(coloured(options.stderr, options.env));
  }

  /** Whether a person looks at the results as they come. */
  get interactive(): boolean {
    return this.#options.stdout.isTTY === true && !this.json;
  }

  get env(): NodeJS.ProcessEnv {
    return this.#options.env;
  }

  /** Where a bar can be drawn; undefined: nowhere. */
  get screen(): TerminalStream | undefined {
    const { stderr, env } = this.#options;
    return stderr.isTTY === true && env['TERM'] !== 'dumb' ? stderr : undefined;
  }

  /** One line of the result. */
  line(text = ''): void {
    const { stdout } = this.#options;
    stdout.write(`${harmless(text, this.colours)}\n`);
  }

  /** As it is, such as what clears a screen. */
  raw(text: string): void {
    this.#options.stdout.write(text);
  }

  /** A piece of a file; resolves when it is taken, so that a slow reader is not run away from. */
  async bytes(bytes: Uint8Array): Promise<void> {
    const { stdout } = this.#options;
    if (!stdout.write(bytes)) await once(stdout, 'drain');
  }

  /** One line of JSON, which is the whole result or one item of it. */
  value(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** Beside the result: what is being done, what was left out. */
  note(text: string): void {
    if (!this.json) this.#toError(this.#errorColours.dim(text));
  }

  /** A question, behind which the answer is typed; not for `json`. */
  question(text: string): void {
    this.#options.stderr.write(`${text} `);
  }

  /** Why it failed; for a program one line of JSON. */
  complain(code: string, message: string): void {
    const text = this.json
      ? JSON.stringify({ error: { code, message } })
      : `${this.#errorColours.red('elmetron:')} ${message}`;
    this.#toError(text);
  }

  #toError(text: string): void {
    this.#options.stderr.write(`${harmless(text, this.#errorColours)}\n`);
  }
}

/** All but the end of a line and a tab. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** What our own colours are made of, or any other control. */
const COLOURS_OR_CONTROLS = /\u001b\[\d\d?m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * A meter's serial number, a note or a file's name may hold what a terminal obeys: it is shown as
 * `\u001b`, which JSON understands too.
 */
function harmless(text: string, colours: Colours): string {
  return text.replace(colours.isColorSupported ? COLOURS_OR_CONTROLS : CONTROLS, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** NO_COLOR: see no-color.org. */
export function coloured(stream: TerminalStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
