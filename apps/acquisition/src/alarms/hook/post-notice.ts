/** A web address as a hook: gets the notice as JSON by POST; any answer from 200 to 299 says that it has been told. */
import type { Hook } from './notice.js';

export function webHook(url: string): Hook {
  return async (notice, signal) => {
    let response: Response;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(notice),
        signal,
      });
    } catch (error) {
      throw new Error(`${withoutSecrets(url)} cannot be reached: ${causeOf(error)}`, {
        cause: error,
      });
    }
    // What it says does not matter, only that the connection is free again.
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${withoutSecrets(url)} answered ${response.status}`);
  };
}

/** Addresses of web hooks bear their key in path or query: that has no place in a log. */
function withoutSecrets(url: string): string {
  return new URL(url).origin;
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
