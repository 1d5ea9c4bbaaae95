/**
 * Version 1 of the schema. Times are integers, milliseconds UTC since 1970 (`_ms`): 6 bytes for the
 * 24 of their text. The views give them back as text and are what readers rely on; the tables below
 * them may change with any version.
 *
 * `measurements` is one B-tree in the order of its key, so that a session reads from `seq` to `seq`
 * without an index beside it: 205 bytes a reading with its frame of 100. A single integer made of
 * both numbers would save 17 of them and lose exactly that.
 */
export const firstTables = `
CREATE TABLE instruments (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  UNIQUE (model, serial)
) STRICT;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  -- What session_start says; null until it is here. The instrument is also known from a frame.
  source TEXT,
  profile TEXT,
  instrument_id INTEGER REFERENCES instruments (id),
  port TEXT,
  emulated INTEGER,
  started_ms INTEGER,
  -- What session_end says. A session ended as 'crashed' has none of it but the reason.
  end_seq INTEGER,
  end_reason TEXT,
  ended_ms INTEGER,
  end_measurement_count INTEGER,
  -- Kept by every transaction that adds to the session.
  row_count INTEGER NOT NULL DEFAULT 0,
  measurement_count INTEGER NOT NULL DEFAULT 0,
  recovered_count INTEGER NOT NULL DEFAULT 0,
  first_ms INTEGER,
  last_seq INTEGER NOT NULL DEFAULT -1,
  last_ms INTEGER
) STRICT;
CREATE INDEX sessions_open ON sessions (source) WHERE end_reason IS NULL;

CREATE TABLE session_metadata (
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  -- Of the record that said so: 0 for session_start. The highest one holds.
  seq INTEGER NOT NULL,
  key TEXT NOT NULL,
  value ANY NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (session_id, seq, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE measurements (
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  seq INTEGER NOT NULL,
  captured_ms INTEGER NOT NULL,
  elapsed_ms INTEGER NOT NULL,
  -- The meter's own clock, without zone: seconds as if it were UTC; a text that is no such time stays a text.
  device_time ANY,
  value REAL,
  unit TEXT NOT NULL,
  temperature REAL,
  temperature_unit TEXT NOT NULL,
  record_number INTEGER,
  status TEXT NOT NULL,
  range TEXT NOT NULL,
  mode TEXT NOT NULL,
  raw_frame BLOB NOT NULL,
  recovered INTEGER NOT NULL,
  -- 1 when it came from the predecessor, which did not number its readings.
  imported INTEGER NOT NULL,
  PRIMARY KEY (session_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX measurements_imported ON measurements (session_id, captured_ms) WHERE imported = 1;

CREATE TABLE audit_events (
  id INTEGER PRIMARY KEY,
  -- Of acquisition: numbered like any record of a session.
  session_id INTEGER REFERENCES sessions (id),
  seq INTEGER,
  -- Of the writer and of recovery: known by a key, their session perhaps not in the store at all.
  key TEXT,
  session_uid TEXT,
  at_ms INTEGER NOT NULL,
  level TEXT NOT NULL,
  category TEXT NOT NULL,
  message TEXT NOT NULL,
  -- A JSON object.
  payload TEXT NOT NULL,
  CHECK ((key IS NULL) = (seq IS NOT NULL) AND (seq IS NULL) = (session_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX audit_events_numbered ON audit_events (session_id, seq) WHERE seq IS NOT NULL;
CREATE UNIQUE INDEX audit_events_keyed ON audit_events (key) WHERE key IS NOT NULL;

CREATE TABLE annotations (
  id INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  -- The reading that it is about; null for the session as a whole.
  seq INTEGER,
  at_ms INTEGER NOT NULL,
  author TEXT,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX annotations_of_session ON annotations (session_id, seq);

CREATE VIEW measurement_log AS
SELECT
  s.uid AS session_uid,
  m.seq,
  strftime('%Y-%m-%dT%H:%M:%fZ', m.captured_ms / 1000.0, 'unixepoch') AS captured_at,
  m.elapsed_ms,
  CASE typeof(m.device_time)
    WHEN 'text' THEN m.device_time
    ELSE strftime('%Y-%m-%dT%H:%M:%S', m.device_time, 'unixepoch')
  END AS device_time,
  i.model,
  i.serial,
  m.value,
  m.unit,
  m.temperature,
  m.temperature_unit,
  m.raw_frame,
  m.recovered
FROM measurements m
JOIN sessions s ON s.id = m.session_id
LEFT JOIN instruments i ON i.id = s.instrument_id;

CREATE VIEW session_log AS
SELECT
  s.uid AS session_uid,
  s.source,
  i.model,
  i.serial,
  s.profile,
  strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(s.started_ms, s.first_ms) / 1000.0, 'unixepoch') AS started_at,
  strftime(
    '%Y-%m-%dT%H:%M:%fZ',
    CASE s.end_reason WHEN 'crashed' THEN s.last_ms ELSE s.ended_ms END / 1000.0,
    'unixepoch'
  ) AS ended_at,
  s.end_reason,
  s.measurement_count,
  s.recovered_count,
  s.last_seq
FROM sessions s
LEFT JOIN instruments i ON i.id = s.instrument_id;
`;
