/**
 * Version 2: what the look for missing numbers needs to cost next to nothing. The first index holds
 * only sessions that are over and lack numbers: none, as a rule. The second holds only events with
 * a key: those of the writer and of recovery.
 */
export const lookForHoles = `
CREATE INDEX sessions_incomplete ON sessions (source)
  WHERE end_reason IS NOT NULL AND row_count < last_seq + 1;
CREATE INDEX audit_events_of_session ON audit_events (session_uid) WHERE session_uid IS NOT NULL;
`;
