/**
 * A link to a meter: bytes in, bytes out, nothing more. It is single-use: made open by an async
 * factory, and once it has ended it is never reopened but made anew, together with everything that
 * held bytes of it. Half a frame from before an unplug must never meet half a frame from after it.
 */
import type { LinkError } from './link-error.js';

/** Where a link delivers to. Calls come in the order of what happened on the line. */
export interface LinkEvents {
  /** Bytes arrived, just now. */
  data(chunk: Buffer): void;
  /** The link ended by itself (not by `close()`); once, and nothing follows it. */
  lost(error: LinkError): void;
}

export interface Link {
  /** What was opened: a port's path, or `tcp://host:port`. */
  readonly port: string;
  /** False: earlier bytes are still waiting to leave, nothing was taken. A failure ends the link. */
  write(bytes: Buffer): boolean;
  /** After this no event comes any more. */
  close(): Promise<void>;
}

/** Serial line settings, as a profile gives them. */
export interface LineSettings {
  readonly baud: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly stopBits: 1 | 1.5 | 2;
  readonly parity: 'none' | 'even' | 'odd' | 'mark' | 'space';
}

/** Rejects with an LinkError that tells the person the way out. */
export type OpenLink = (line: LineSettings, events: LinkEvents) => Promise<Link>;
