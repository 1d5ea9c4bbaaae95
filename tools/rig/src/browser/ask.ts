/** One HTTP request as any program may make it: with any Host, any Origin, any path, which `fetch` would not send. */
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

export interface Asked {
  readonly method?: string;
  /** Sent as it is. */
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** Rejects when nobody listens, when the connection ends without an answer, or after `withinMs`. */
export function ask(port: number, asked: Asked = {}, withinMs = 10_000): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body } = asked;
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const whole = Buffer.concat(chunks);
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: whole, text: whole.toString('utf8') });
        });
      },
    );
    asking.once('error', reject);
    asking.setTimeout(withinMs, () => {
      asking.destroy(new Error(`no answer to ${method} ${path} within ${withinMs} ms`));
    });
    asking.end(body);
  });
}

/** The body of an answer that is 200 and JSON. Rejects otherwise, with what was answered. */
export async function askJson(port: number, path: string, headers = {}): Promise<unknown> {
  const { status, text } = await ask(port, { path, headers });
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${text.slice(0, 500)}`);
  return JSON.parse(text) as unknown;
}

/** Posts JSON as the page does: from its own origin. */
export function post(
  port: number,
  path: string,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const own = { 'content-type': 'application/json', origin: `http://127.0.0.1:${port}` };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(port, { method: 'POST', path, headers: { ...own, ...headers }, body: text });
}
