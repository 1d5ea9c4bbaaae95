/** Asks the server; every answer that is not what was asked for becomes a Failure. */
import type { ApiError } from '../../../src/api/readings.js';
import { Topic } from '../app/topic.js';
import { Failure, isAborted, noAnswer } from './failure.js';

/** The server wants a token before it says anything. */
export const tokenNeeded = new Topic();

export const ask = (path: string, signal?: AbortSignal): Promise<unknown> =>
  answer(path, { headers: { accept: 'application/json' }, ...(signal && { signal }) });

export const send = (path: string, body: object): Promise<unknown> =>
  answer(path, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Whether the server would open the stream at `path`; throws why not, and takes none of it. */
export async function tryStream(path: string): Promise<void> {
  const ended = new AbortController();
  try {
    const response = await request(path, {
      headers: { accept: 'text/event-stream' },
      signal: ended.signal,
    });
    if (!response.ok) throw await failureIn(response);
  } finally {
    ended.abort();
  }
}

async function answer(path: string, init: RequestInit): Promise<unknown> {
  const response = await request(path, init);
  if (!response.ok) throw await failureIn(response);
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new Failure(
      'no_json',
      'The server answered with something that this page does not understand. Load the page again.',
      response.status,
    );
  }
}

async function request(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, cache: 'no-store', credentials: 'same-origin' });
  } catch (error) {
    if (isAborted(error)) throw error;
    throw noAnswer();
  }
}

async function failureIn(response: Response): Promise<Failure> {
  const said = await response.json().then(
    (body: unknown) => body as Partial<ApiError> | null,
    () => null,
  );
  const failure = new Failure(
    said?.code ?? `http_${response.status}`,
    said?.message ?? `The server refused with ${response.status} ${response.statusText}`.trim(),
    response.status,
  );
  if (response.status === 401 && failure.code === 'token_needed') tokenNeeded.changed();
  return failure;
}
