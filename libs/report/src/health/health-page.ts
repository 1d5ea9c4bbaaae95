/** What a process says of itself on its health page, and what it means when none answers. */
import type { HealthReason, HealthStatus } from '@elmetron/runtime';

/** The body of `GET /health`; beside these the figures of the process. */
export interface HealthPage {
  readonly status: HealthStatus;
  readonly reasons: readonly HealthReason[];
  readonly [figure: string]: unknown;
}

export type Answer =
  | { readonly state: 'answers'; readonly page: HealthPage }
  /** [monitoring] has 0 for it. */
  | { readonly state: 'off' }
  | { readonly state: 'silent'; readonly why: string }
  /** Something answers there, and it is none of our processes. */
  | { readonly state: 'foreign'; readonly why: string };

const WITHIN_MS = 2_000;

/** Never rejects but at `signal`. @param port on 127.0.0.1; 0 = off */
export async function askHealth(port: number, signal: AbortSignal): Promise<Answer> {
  if (port === 0) return { state: 'off' };
  let text: string;
  // Not AbortSignal.any: on Node 20 each one leaves something at `signal`, which may live for weeks.
  const over = new AbortController();
  const stop = (): void => {
    over.abort(signal.reason);
  };
  const late = setTimeout(() => {
    over.abort(new DOMException('', 'TimeoutError'));
  }, WITHIN_MS);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: over.signal });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'silent', why: reasonOf(error) };
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
  }
  const page = asPage(text);
  if (page !== undefined) return { state: 'answers', page };
  return { state: 'foreign', why: `another program answers on port ${port}` };
}

function asPage(text: string): HealthPage | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return undefined;
    return 'status' in body && 'reasons' in body && Array.isArray(body.reasons)
      ? (body as HealthPage)
      : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED') return 'does not run';
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `did not answer within ${WITHIN_MS / 1000} s: it is held up`;
  }
  // What HTTP itself does not understand is somebody else's.
  return `gave no answer that is understood (${String(code ?? error)})`;
}
