import { expect, test } from 'vitest';
import { leaving, withRowid } from './database-size.js';

const SCHEMA = `CREATE TABLE measurements (
  session_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  unit TEXT NOT NULL,
  raw_frame BLOB NOT NULL,
  PRIMARY KEY (session_id, seq)
) STRICT, WITHOUT ROWID`;

test('a column is left out by its name', () => {
  expect(leaving(SCHEMA, ['raw_frame'])).toBe(SCHEMA.replace('  raw_frame BLOB NOT NULL,\n', ''));
  expect(leaving(SCHEMA, ['raw'])).toBe(SCHEMA);
});

test('a table without a key has all columns and no other order than that of its rows', () => {
  expect(withRowid(SCHEMA)).toBe(
    SCHEMA.replace(',\n  PRIMARY KEY (session_id, seq)', '').replace(', WITHOUT ROWID', ''),
  );
});
