/** Why a link did not open or has ended. All of them are tried again; none ends the process. */
export type LinkErrorCode =
  /** There is no such port (yet), or no adapter to be found. */
  | 'port_missing'
  /** The port is there, but this user may not open it. */
  | 'port_forbidden'
  /** Another program holds the port. */
  | 'port_busy'
  /** It opened as something that is no serial port, or refuses the line settings. */
  | 'port_unsuitable'
  /** The serial server does not answer or refuses the connection. */
  | 'host_unreachable'
  /** An open link ended: unplugged, or the serial server hung up. */
  | 'link_lost'
  /** Nothing came over an open connection for so long that it may be dead: connect anew. */
  | 'peer_silent';

export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkErrorCode;
  constructor(code: LinkErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
