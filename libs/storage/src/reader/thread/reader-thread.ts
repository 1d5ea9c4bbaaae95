/**
 * The thread that reads a database for a process: opens what lies under its path, and answers calls one after the
 * other. It is an entry file, loaded by `openReaderThread`; nothing imports it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { sendError } from '../../store/thread-messages.js';
import type { StoreReader } from '../store-reader.js';
import { CurrentReader } from './current-reader.js';
import {
  packReadings,
  type ReaderAnswer,
  type ReaderCall,
  type ReaderMessage,
  type ReaderThreadData,
  type SentReadings,
} from './reader-messages.js';
import { StopSign } from './stop-sign.js';

if (parentPort === null)
  throw new Error('reader-thread is a thread of openReaderThread, not a program');
const port = parentPort;
const { path, busyTimeoutMs, stop } = workerData as ReaderThreadData;
const sign = new StopSign(stop);
const current = new CurrentReader({
  path,
  busyTimeoutMs,
  isStopped: () => sign.isSet,
  now: () => performance.now(),
});

function answer(reader: StoreReader, call: ReaderCall): unknown {
  switch (call.method) {
    case 'annotations':
      return reader.annotations(...call.args);
    case 'countReadings':
      return reader.countReadings(...call.args);
    case 'curve':
      return reader.curve(...call.args);
    case 'events':
      return reader.events(...call.args);
    case 'extent':
      return reader.extent(...call.args);
    case 'lastEvent':
      return reader.lastEvent(...call.args);
    case 'lastEvents':
      return reader.lastEvents(...call.args);
    case 'lastReading':
      return reader.lastReading(...call.args);
    case 'metadata':
      return reader.metadata(...call.args);
    case 'recent':
      return reader.recent(...call.args);
    case 'session':
      return reader.session(...call.args);
    case 'sessions':
      return reader.sessions(...call.args);
    case 'sessionsBeginning':
      return reader.sessionsBeginning(...call.args);
    case 'statistics':
      return reader.statistics(...call.args);
    case 'units':
      return reader.units(...call.args);
    case 'page':
      return packReadings(reader.page(...call.args));
  }
}

port.on('message', (message: ReaderMessage) => {
  if (message.method === 'close') {
    current.close();
    // Without its port the thread has nothing left to do, and ends.
    port.close();
    return;
  }
  // Nobody waits for what was asked before the end.
  if (sign.isSet) return;
  const { id } = message;
  try {
    const result = current.use((reader) => answer(reader, message));
    say({ id, result }, message.method === 'page' ? [(result as SentReadings).frames.buffer] : []);
  } catch (error) {
    say({ id, error: sendError(error) });
  }
});

function say(message: ReaderAnswer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
