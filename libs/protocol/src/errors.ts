/** Everything that this library throws on purpose; tests and callers look at `code`, never at the wording. */
export type ProtocolErrorCode =
  /** A text does not fit its column of the frame. */
  | 'field_does_not_fit'
  /** A record is not of the shape that its type demands; nothing was encoded. */
  | 'invalid_record'
  /** The record's line would be longer than MAX_LINE_BYTES. */
  | 'record_too_long'
  /** Another program listens at the endpoint; trying again after it has ended makes sense. */
  | 'endpoint_busy'
  /** The endpoint is misspelt, or names an address that this machine cannot use. */
  | 'endpoint_invalid';

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;
  constructor(code: ProtocolErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
