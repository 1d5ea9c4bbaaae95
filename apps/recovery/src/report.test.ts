import { describe, expect, it } from 'vitest';
import type { BufferSummary, DatabaseReport, PreflightSummary } from '@elmetron/storage';
import { exitCode, report } from './report.js';

const DATABASE: DatabaseReport = {
  path: 'data/elmetron.sqlite',
  emulated: false,
  state: 'sound',
  finding: null,
  set_aside: null,
  rebuilt_measurements: 0,
  beyond_reach: [],
  unreadable_archives: [],
  error: null,
};

const BUFFER: BufferSummary = {
  path: 'captures/a_buffer.jsonl',
  session_uid: 'a',
  measurements: 0,
  status: 'recovered',
  error: null,
  records: 1,
  already_stored: 0,
  audit_events: 0,
  quarantined_lines: 0,
  torn_bytes: 0,
  holes: [],
};

function summary(fields: Partial<PreflightSummary> = {}): PreflightSummary {
  return {
    recovered_sessions: 0,
    recovered_measurements: 0,
    recovered_audit_events: 0,
    failed_recoveries: 0,
    quarantined_lines: 0,
    buffers: [],
    already_stored_measurements: 0,
    living_runs: 0,
    incomplete_sessions: [],
    interrupted: false,
    dry_run: false,
    databases: [DATABASE],
    ...fields,
  };
}

const lines = (fields: Partial<PreflightSummary>): string[] => report(summary(fields), 'captures');

describe('the report', () => {
  it('begins with the line that others look for', () => {
    const found = { recovered_measurements: 1234, recovered_sessions: 2, buffers: [BUFFER] };
    expect(lines(found)).toEqual(['Recovered 1234 measurements from 2 crashed session(s)']);
  });

  it('says in one line that there was nothing to do', () => {
    expect(lines({})).toHaveLength(1);
    expect(lines({})[0]).toMatch(/^Nothing to recover/);
    expect(lines({ living_runs: 1 })[0]).toMatch(/^Nothing to recover.*1 running/);
  });

  it('names what stays, and where', () => {
    const buffers = (['failed', 'kept', 'foreign'] as const).map((status) => ({
      ...BUFFER,
      path: `captures/${status}.jsonl`,
      status,
      error: 'the reason',
    }));
    const said = lines({ buffers, failed_recoveries: 1 });
    expect(said[0]).toMatch(/^Recovered 0 measurements from 0 /);
    for (const { path } of buffers) {
      expect(
        said.filter((line) => line.includes(path) && line.includes('the reason')),
      ).toHaveLength(1);
    }
  });

  it('does not claim in a dry run to have done anything', () => {
    const found = { recovered_measurements: 5, recovered_sessions: 1, buffers: [BUFFER] };
    expect(lines({ ...found, dry_run: true })[0]).not.toMatch(/^Recovered/);
  });

  it('tells of a database that was rebuilt, and of what is lost', () => {
    const range = { session_uid: 'a', from_seq: 1, to_seq: 9, measurements: 9, readable: true };
    const taken = { session_uid: 'b', from_seq: 3, to_seq: 7, measurements: 5 };
    const aside = 'data/elmetron.sqlite.damaged-20260102T030405Z';
    const said = lines({
      databases: [
        {
          ...DATABASE,
          state: 'damaged',
          set_aside: aside,
          rebuilt_measurements: 77,
          beyond_reach: [{ set_aside: aside, salvaged: [taken], lost: [range], unreadable: [] }],
        },
      ],
    }).join('\n');
    for (const word of [
      aside,
      '77 measurements',
      '5 measurements',
      '9 measurements',
      'session a, records 1 to 9',
      `${aside}.lost.json`,
    ]) {
      expect(said).toContain(word);
    }
  });
});

describe('the exit code', () => {
  it('is 1 only when something could not be done', () => {
    expect(exitCode(summary())).toBe(0);
    expect(exitCode(summary({ buffers: [{ ...BUFFER, status: 'kept' }] }))).toBe(0);
    expect(exitCode(summary({ buffers: [{ ...BUFFER, status: 'foreign' }] }))).toBe(0);
    expect(exitCode(summary({ failed_recoveries: 1 }))).toBe(1);
    expect(exitCode(summary({ databases: [{ ...DATABASE, error: 'why' }] }))).toBe(1);
  });
});
