import type { FastifyReply } from 'fastify';

/** Aborted when the connection closes before the answer is out. */
export function whileOpen({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const abort = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) abort.abort();
  });
  return abort.signal;
}
