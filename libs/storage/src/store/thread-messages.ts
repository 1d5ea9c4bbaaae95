/** What passes between a process and the thread that its store lives in. */
import { StorageError, type StorageErrorCode } from '../errors.js';
import type { Store } from './store.js';

export interface ThreadData {
  readonly path: string;
  readonly busyTimeoutMs: number;
}

export type StoreMethod = keyof Store;

export type StoreCall = {
  readonly [M in StoreMethod]: {
    readonly id: number;
    readonly method: M;
    readonly args: Parameters<Store[M]>;
  };
}[StoreMethod];

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type ThreadMessage =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not_opened'; readonly error: SentError }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly fields: object;
      readonly message: string;
    };

/** An error loses its class and its own properties when it is sent as it is. */
export interface SentError {
  readonly code: StorageErrorCode | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

export function sendError(error: unknown): SentError {
  const code = error instanceof StorageError ? error.code : undefined;
  if (error instanceof Error) return { code, message: error.message, stack: error.stack };
  return { code, message: String(error), stack: undefined };
}

export function receiveError({ code, message, stack }: SentError): Error {
  const error = code === undefined ? new Error(message) : new StorageError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
