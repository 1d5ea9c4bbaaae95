/** Where a host may connect: a pseudo-terminal or a TCP address. */
import type { CutCause } from '../line/account.js';
import type { Send } from '../line/dispatch.js';

/** One host's time at a port; made when it comes, thrown away when it goes. */
export interface Line {
  received(bytes: Buffer): void;
  /** Sends bytes that mean nothing. */
  interject(bytes: Buffer): void;
  /** The last `unread` bytes that were taken never reached the host. */
  ended(cause: CutCause, unread: number): void;
}

export type BeginLine = (send: Send) => Line;

export interface Port {
  /** Offers the port; a host can come from now on. */
  plug(): Promise<void>;
  /** As pulling the cable: the host is cut off at once. */
  unplug(): Promise<void>;
  /** The host that is there now. */
  readonly line: Line | undefined;
}
