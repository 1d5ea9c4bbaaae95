/** Makes traces by hand, in the words of strace. */
export const DIRECTORY = '/disk';

const escape = (bytes: Buffer | string): string =>
  [...Buffer.from(bytes)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

export const text = (bytes: Buffer | string): string => `"${escape(bytes)}"`;
export const fd = (number: number, path: string): string => `${number}<${escape(path)}>`;
const CWD = `AT_FDCWD<${escape(DIRECTORY)}>`;

export class TraceText {
  readonly #lines: string[] = [];
  #at = 1_000;

  /** Of another thread than 7, calls may be unfinished while others go on. */
  call(name: string, args: readonly string[], result: string | number, thread = 7): this {
    return this.#line(thread, `${name}(${args.join(', ')}) = ${result}`);
  }

  begins(name: string, args: readonly string[], thread: number): this {
    return this.#line(thread, `${name}(${args.join(', ')} <unfinished ...>`);
  }

  ends(name: string, result: string | number, thread: number): this {
    return this.#line(thread, `<... ${name} resumed>) = ${result}`);
  }

  create(number: number, path: string, flags = 'O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC'): this {
    const opened = fd(number, `${DIRECTORY}/${path}`);
    return this.call('openat', [CWD, text(path), flags, '0666'], opened);
  }

  openDirectory(number: number, path: string): this {
    const full = path === '' ? DIRECTORY : `${DIRECTORY}/${path}`;
    return this.call('openat', [CWD, text(full), 'O_RDONLY|O_CLOEXEC'], fd(number, full));
  }

  write(number: number, path: string, offset: number, bytes: Buffer | string): this {
    const { length } = Buffer.from(bytes);
    const args = [fd(number, `${DIRECTORY}/${path}`), text(bytes), String(length), String(offset)];
    return this.call('pwrite64', args, length);
  }

  on(name: string, number: number, path: string, result: string | number = 0): this {
    const full = path === '' ? DIRECTORY : `${DIRECTORY}/${path}`;
    return this.call(name, [fd(number, full)], result);
  }

  /** Later calls are made so many seconds later. */
  pass(seconds: number): this {
    this.#at += seconds;
    return this;
  }

  toString(): string {
    return this.#lines.join('\n');
  }

  #line(thread: number, rest: string): this {
    this.#at += 0.001;
    this.#lines.push(`${thread} ${this.#at.toFixed(6)} ${rest}`);
    return this;
  }
}
