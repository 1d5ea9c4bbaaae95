/**
 * The names of buffer files. They tell recovery, before it opens anything, which session a file
 * belongs to and which life of a writer made it; a session id has no underscore, so that the parts
 * can be told apart.
 */
export interface BufferFileName {
  readonly session: string;
  readonly run: string;
  /** From 1; a segment of a higher number was begun later. */
  readonly segment: number;
}

const PATTERN =
  /^session_([0-9A-Za-z][0-9A-Za-z.:+-]*)_([0-9A-Za-z][0-9A-Za-z.-]*)_(\d{6,})_buffer\.jsonl$/;

export function bufferFileName(session: string, run: string, segment: number): string {
  return `session_${session}_${run}_${String(segment).padStart(6, '0')}_buffer.jsonl`;
}

/** @param name a bare file name; undefined when it is not one that `bufferFileName` makes. */
export function parseBufferFileName(name: string): BufferFileName | undefined {
  const match = PATTERN.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { session: match[1], run: match[2], segment: Number(match[3]) };
}
