/** Why the server did not do what it was asked, for programs (`code`) and for people (the message). */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: string;
  /** Of HTTP; 0: no answer at all. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const noAnswer = (): Failure =>
  new Failure(
    'no_answer',
    'The server does not answer. Look whether the bench is running (npm start); the page comes back by itself.',
    0,
  );

/** Whatever was thrown, as something that can be shown. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure(
    'page_error',
    `The page made a mistake: ${text}. Load it again; if that does not help, please report it.`,
    0,
  );
}

/** A question that was taken back is no failure. */
export const isAborted = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'AbortError';
