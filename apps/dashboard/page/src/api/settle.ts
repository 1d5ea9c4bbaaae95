import { failureOf, isAborted, type Failure } from './failure.js';

/** Hands on an answer or why there is none; neither once `signal` says that nobody waits for it any more. */
export function settle<T>(
  answer: Promise<T>,
  signal: AbortSignal,
  take: (value: T) => void,
  failed: (failure: Failure) => void,
): void {
  answer.then(
    (value) => {
      if (!signal.aborted) take(value);
    },
    (error: unknown) => {
      if (!signal.aborted && !isAborted(error)) failed(failureOf(error));
    },
  );
}
