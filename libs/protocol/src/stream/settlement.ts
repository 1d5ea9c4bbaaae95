/** A promise and what settles it; with an error it rejects. Only the first call counts. */
export function settlement(): { promise: Promise<void>; settle: (error?: unknown) => void } {
  let settle: (error?: unknown) => void = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('broken down', { cause: error }));
    };
  });
  return { promise, settle };
}
