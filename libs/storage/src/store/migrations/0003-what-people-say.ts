/**
 * Version 3: notes know their own name (so that the journal beside the database can be read in again
 * and again), when they were written, and, where they say a fact, its key and value. Rows of before have
 * none of that, and stay.
 */
export const whatPeopleSay = `
ALTER TABLE annotations ADD COLUMN uid TEXT;
ALTER TABLE annotations ADD COLUMN made_ms INTEGER;
ALTER TABLE annotations ADD COLUMN key TEXT;
ALTER TABLE annotations ADD COLUMN value ANY;
CREATE UNIQUE INDEX annotations_uid ON annotations (uid) WHERE uid IS NOT NULL;

CREATE VIEW annotation_log AS
SELECT
  s.uid AS session_uid,
  strftime('%Y-%m-%dT%H:%M:%fZ', a.at_ms / 1000.0, 'unixepoch') AS at,
  strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(a.made_ms, a.at_ms) / 1000.0, 'unixepoch') AS made_at,
  a.author,
  a.key,
  a.value,
  a.text
FROM annotations a
JOIN sessions s ON s.id = a.session_id;
`;
