/**
 * The thread that a store lives in: opens it, answers calls one after the other, sends the log
 * lines home. It is an entry file, loaded by `openStoreThread`; nothing imports it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock, type Log } from '@elmetron/protocol/offline';
import { openSqliteStore } from './sqlite-store.js';
import type { Store } from './store.js';
import {
  sendError,
  type LogLevel,
  type StoreCall,
  type ThreadData,
  type ThreadMessage,
} from './thread-messages.js';

if (parentPort === null)
  throw new Error('store-thread is a thread of openStoreThread, not a program');
const port = parentPort;

function say(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

const sendLog =
  (level: LogLevel) =>
  (fields: object, message: string): void => {
    const sent = Object.entries(fields).map(([name, value]): [string, unknown] => [
      name,
      value instanceof Error ? sendError(value) : value,
    ]);
    say({ kind: 'log', level, fields: Object.fromEntries(sent), message });
  };

const log: Log = {
  debug: sendLog('debug'),
  info: sendLog('info'),
  warn: sendLog('warn'),
  error: sendLog('error'),
};

function answer(store: Store, call: StoreCall): Promise<unknown> {
  switch (call.method) {
    case 'commit':
      return store.commit(...call.args);
    case 'importLegacy':
      return store.importLegacy(...call.args);
    case 'recordEvent':
      return store.recordEvent(...call.args);
    case 'annotate':
      return store.annotate(...call.args);
    case 'reconcileSessions':
      return store.reconcileSessions(...call.args);
    case 'sessionState':
      return store.sessionState(...call.args);
    case 'unexplainedHoles':
      return store.unexplainedHoles(...call.args);
    case 'checkpoint':
      return store.checkpoint();
    case 'close':
      return store.close();
  }
}

async function serve(store: Store, call: StoreCall): Promise<void> {
  try {
    say({ kind: 'done', id: call.id, result: await answer(store, call) });
  } catch (error) {
    say({ kind: 'failed', id: call.id, error: sendError(error) });
  }
  // Without its port the thread has nothing left to do, and ends.
  if (call.method === 'close') port.close();
}

try {
  const store = openSqliteStore({ ...(workerData as ThreadData), clock: systemClock, log });
  port.on('message', (call: StoreCall) => void serve(store, call));
  say({ kind: 'opened' });
} catch (error) {
  say({ kind: 'not_opened', error: sendError(error) });
}
