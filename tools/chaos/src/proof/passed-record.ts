/** A record's line in the terms in which the database is read: the fields that must be found there. */
import { decodeLine } from '@elmetron/protocol';
import type { Fields } from './stored.js';

/** Undefined when the line is no record: its checksum or its shape is wrong. */
export function passedRecord(line: Buffer): Fields | undefined {
  const result = decodeLine(line);
  if (!result.ok) return undefined;
  const { record } = result;
  switch (record.type) {
    case 'session_start': {
      const { type, started_at, source, profile, device, emulated } = record;
      return {
        type,
        started_at,
        source,
        profile,
        ...device,
        emulated,
        metadata: sorted(record.metadata),
      };
    }
    case 'measurement': {
      const { type, captured_at, elapsed_ms, raw_frame_hex, decoded } = record;
      return { type, captured_at, elapsed_ms, raw_frame_hex, ...decoded };
    }
    case 'audit_event': {
      const { type, at, level, category, message, payload } = record;
      return { type, at, level, category, message, payload: JSON.stringify(payload) };
    }
    case 'metadata_update':
      return { type: record.type, metadata: sorted(record.metadata) };
    case 'session_end': {
      const { type, ended_at, reason, measurement_count } = record;
      return { type, ended_at, reason, measurement_count };
    }
  }
}

/** The names of the fields in which the two differ. */
export function differences(passed: Fields, stored: Fields): string[] {
  const names = new Set([...Object.keys(passed), ...Object.keys(stored)]);
  return [...names].filter((name) => passed[name] !== stored[name]);
}

function sorted(metadata: Readonly<Record<string, string | number>>): string {
  const entries = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
