/** The descriptors of one process, as its own calls made them: which file each one is. */
import type { NodeId } from '../disk/disk.js';

export interface OpenNode {
  /** Below the recorded directory. */
  readonly path: string;
  readonly node: NodeId;
  readonly appends: boolean;
  /** Where a `write` without a position goes. */
  position: number;
}

export class FileTable {
  readonly #open = new Map<number, OpenNode>();

  opened(fd: number, file: OpenNode): void {
    this.#open.set(fd, file);
  }

  /** Both share one position, as the kernel has it. */
  doubled(from: number, to: number): void {
    const file = this.#open.get(from);
    if (file === undefined) this.#open.delete(to);
    else this.#open.set(to, file);
  }

  closed(fd: number): void {
    this.#open.delete(fd);
  }

  get(fd: number): OpenNode | undefined {
    return this.#open.get(fd);
  }
}
