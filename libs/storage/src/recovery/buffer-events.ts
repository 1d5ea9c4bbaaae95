/**
 * The audit events of one recovered buffer: what was taken from it, and everything that was wrong
 * with it. Their keys are made of the buffer's name and the cause, so that a recovery which was
 * killed and runs again does not tell it twice.
 */
import type { StoreEvent } from '../store/store.js';
import type { BufferAccount } from './buffer-account.js';

/** That it was taken, and what was wrong with it. */
export function bufferEvents(account: BufferAccount, buffer: string, now: number): StoreEvent[] {
  const recovered = event(account, buffer, now, {
    cause: 'recovered',
    level: 'info',
    message: 'Recovered a buffer that a dead writer had left',
    payload: {
      records: account.records,
      measurements: account.measurements,
      new_measurements: account.inserted.measurements,
    },
  });
  return [recovered, ...bufferProblems(account, buffer, now)];
}

/** Only what was wrong with it. */
export function bufferProblems(account: BufferAccount, buffer: string, now: number): StoreEvent[] {
  const { holes, damage, damaged, conflicts, torn, tornBytes } = account;
  const found: Finding[] = [];
  if (damaged > 0) {
    found.push({
      cause: 'damaged',
      level: 'error',
      message: `${damaged} damaged line(s) of a buffer are in the quarantine`,
      payload: { lines: damaged, places: damage },
    });
  }
  if (torn !== undefined) {
    found.push({
      cause: 'torn',
      level: 'warning',
      message: 'A buffer ended in a torn write, which was cut off; a copy is in the quarantine',
      payload: { offset: torn.offset, bytes: tornBytes },
    });
  }
  if (holes.length > 0) {
    found.push({
      cause: 'hole',
      level: 'error',
      message: 'Records are missing between the lines of a buffer',
      payload: { missing: holes },
    });
  }
  if (conflicts > 0) {
    found.push({
      cause: 'conflict',
      level: 'error',
      message: `${conflicts} record(s) differ from what is stored under their numbers; they are in the quarantine, the stored ones stay`,
      payload: { records: conflicts },
    });
  }
  return found.map((finding) => event(account, buffer, now, finding));
}

interface Finding {
  readonly cause: string;
  readonly level: StoreEvent['level'];
  readonly message: string;
  readonly payload: Record<string, unknown>;
}

function event(
  { session }: BufferAccount,
  buffer: string,
  now: number,
  { cause, level, message, payload }: Finding,
): StoreEvent {
  return {
    key: `${cause}:${buffer}`,
    ...(session === undefined ? {} : { session }),
    at: new Date(now).toISOString(),
    level,
    category: 'recovery',
    message,
    payload: { buffer, ...payload },
  };
}
