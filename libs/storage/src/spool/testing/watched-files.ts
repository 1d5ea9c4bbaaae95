/** The real disk, with an ear at every call and a hand in it. */
import { basename } from 'node:path';
import { nodeSpoolFiles, type SpoolFiles } from '../spool-files.js';

export class WatchedFiles implements SpoolFiles {
  /** Each call in turn, as `sync name`. */
  readonly calls: string[] = [];
  /** May throw in place of any call. */
  intercept: (call: string) => void = () => undefined;
  /** The most bytes that one write takes. */
  writeAtMost = Infinity;
  /** Awaited within each sync, before the disk is asked. */
  whileSyncing: () => Promise<void> = () => Promise.resolve();
  readonly #names = new Map<number, string>();

  open(path: string, flags: 'wx+' | 'r+'): number {
    this.#call(`open ${flags} ${basename(path)}`);
    const fd = nodeSpoolFiles.open(path, flags);
    if (this.#names.has(fd)) throw new Error(`descriptor ${fd} is open twice`);
    this.#names.set(fd, basename(path));
    return fd;
  }

  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    this.#call(`write ${this.#name(fd)}`);
    const taken = Math.min(length, this.writeAtMost);
    return nodeSpoolFiles.write(fd, bytes, offset, taken, position);
  }

  read(fd: number, into: Uint8Array, offset: number, length: number, position: number): number {
    this.#call(`read ${this.#name(fd)}`);
    return nodeSpoolFiles.read(fd, into, offset, length, position);
  }

  truncate(fd: number, length: number): void {
    this.#call(`truncate ${this.#name(fd)}`);
    nodeSpoolFiles.truncate(fd, length);
  }

  close(fd: number): void {
    this.#call(`close ${this.#name(fd)}`);
    this.#names.delete(fd);
    nodeSpoolFiles.close(fd);
  }

  unlink(path: string): void {
    this.#call(`unlink ${basename(path)}`);
    nodeSpoolFiles.unlink(path);
  }

  async sync(fd: number): Promise<void> {
    this.#call(`sync ${this.#name(fd)}`);
    await this.whileSyncing();
    this.#name(fd);
    await nodeSpoolFiles.sync(fd);
  }

  async datasync(fd: number): Promise<void> {
    this.#call(`datasync ${this.#name(fd)}`);
    await this.whileSyncing();
    this.#name(fd);
    await nodeSpoolFiles.datasync(fd);
  }

  async syncDirectory(path: string): Promise<void> {
    this.#call('syncdir');
    await nodeSpoolFiles.syncDirectory(path);
  }

  get openFiles(): number {
    return this.#names.size;
  }

  #name(fd: number): string {
    const name = this.#names.get(fd);
    if (name === undefined) throw new Error(`descriptor ${fd} is not open`);
    return name;
  }

  #call(call: string): void {
    this.intercept(call);
    this.calls.push(call);
  }
}
