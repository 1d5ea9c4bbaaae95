import type { LoggedSession } from '@elmetron/storage';
import type { SessionRow } from '../api/sessions.js';

/** @param emulated whether it is of an emulated meter: its database says so */
export function sessionRow(session: LoggedSession, emulated: boolean): SessionRow {
  const { session_uid, source, model, serial, profile, started_at, ended_at, end_reason } = session;
  const { measurement_count, recovered_count } = session;
  return {
    session_uid,
    source,
    model,
    serial,
    profile,
    emulated,
    started_at,
    ended_at,
    end_reason,
    measurement_count,
    recovered_count,
  };
}
