/** What there is to say to a poll. */
export type Reply =
  | { readonly kind: 'frame'; readonly bytes: Buffer }
  /** Bytes with their times after the poll, as they were recorded. */
  | { readonly kind: 'recorded'; readonly pieces: readonly RecordedPiece[] }
  | { readonly kind: 'nothing' };

export interface RecordedPiece {
  readonly afterMs: number;
  readonly bytes: Buffer;
}
