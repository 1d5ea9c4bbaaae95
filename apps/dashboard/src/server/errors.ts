/** Every error as an answer: a code for programs, a sentence for people, and nothing of what is inside. */
import type { Log } from '@elmetron/protocol';
import { ReportError } from '@elmetron/report';
import { StorageError } from '@elmetron/storage';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiError } from '../api/readings.js';
import { DashboardError, type DashboardErrorCode } from '../dashboard-error.js';
import { SECURITY_HEADERS } from './headers.js';

const STATUS: Readonly<Record<DashboardErrorCode, number>> = {
  benches_clash: 500,
  address_unusable: 500,
  bad_request: 400,
  token_needed: 401,
  too_many_tries: 429,
  host_refused: 403,
  origin_refused: 403,
  not_found: 404,
  session_not_found: 404,
  source_not_found: 404,
  database_unavailable: 503,
  note_not_kept: 503,
  too_many_exports: 429,
  busy: 503,
  gone: 503,
};

/** Fastify's own errors that whoever asks has made. */
const REQUEST_FAULTS: Readonly<Record<string, readonly [code: string, message: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'json_needed',
    'The body has to be of the type application/json.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'The body is too large.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad_request', 'The body is no JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['bad_request', 'The body is empty.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'The body is not as long as said.'],
  FST_ERR_BAD_URL: ['bad_request', 'The address is not understood.'],
};

interface Answer {
  readonly status: number;
  readonly body: ApiError;
  /** Nobody has foreseen it: it belongs into the log. */
  readonly unforeseen: boolean;
}

export function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: FastifyError, request, reply) => send(error, request, reply, log));
  app.setNotFoundHandler((request, reply) => {
    const error = new DashboardError('not_found', 'There is nothing here.');
    return send(error, request, reply, log);
  });
}

export function send(
  error: unknown,
  request: Pick<FastifyRequest, 'method' | 'url'>,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const { status, body, unforeseen } = answerTo(error);
  if (unforeseen) {
    // Without what stands behind the ?, where a token may be.
    const path = request.url.replace(/\?.*$/s, '');
    log.error({ err: error, method: request.method, path }, 'A question of a page failed');
  }
  // It is not the file that was asked for.
  void reply.removeHeader('content-disposition');
  // What is refused before any hook has them, too.
  return reply
    .code(status)
    .headers(SECURITY_HEADERS)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

export function answerTo(error: unknown): Answer {
  const foreseen = (status: number, code: string, message: string): Answer => ({
    status,
    body: { code, message },
    unforeseen: false,
  });
  if (error instanceof DashboardError)
    return foreseen(STATUS[error.code], error.code, error.message);
  if (error instanceof StorageError)
    return {
      ...foreseen(503, 'database_unavailable', error.message),
      unforeseen: !isPassing(error),
    };
  if (isFastifyError(error)) {
    const [code, message] = REQUEST_FAULTS[error.code] ?? [];
    if (code !== undefined && message !== undefined)
      return foreseen(error.statusCode ?? 400, code, message);
    if (error.validation !== undefined) return foreseen(400, 'bad_request', invalid(error));
    if (error.statusCode !== undefined && error.statusCode < 500)
      return foreseen(error.statusCode, 'bad_request', 'The request is not understood.');
  }
  if (error instanceof ReportError) return foreseen(400, 'bad_request', error.message);
  return {
    status: 500,
    body: {
      code: 'internal',
      message: 'Something went wrong here; the log of the dashboard says what.',
    },
    unforeseen: true,
  };
}

/** What passes by itself, and is told where it is: by the writer's health. */
function isPassing({ code }: StorageError): boolean {
  return code === 'store_locked' || code === 'store_missing' || code === 'lock_held';
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** `querystring/points: Too big: expected number to be <=10000`. */
function invalid({ validation = [], validationContext }: FastifyError): string {
  const faults = validation
    .slice(0, 5)
    .map(
      ({ instancePath, message }) =>
        `${validationContext ?? ''}${instancePath}: ${message ?? 'not allowed'}`,
    );
  return faults.join('; ').slice(0, 500);
}
