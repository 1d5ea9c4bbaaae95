/** A session of every type of record, as acquisition would make it, with frames that a meter sent. */
import { encodeFrame, encodeRecord, newSessionId, type SessionRecord } from '@elmetron/protocol';

type Unnumbered<T> = T extends SessionRecord ? Omit<T, 'v' | 'session' | 'seq'> : never;

const utc = (second: number): string => new Date(Date.UTC(2026, 2, 1, 8, 0, second)).toISOString();

export interface MadeFrame {
  readonly frame: string;
  readonly whole: boolean;
  readonly at: string;
  readonly bootUs: number;
}

export interface Made {
  readonly session: string;
  readonly lines: Map<number, Buffer>;
  /** One for each measurement, in order. */
  readonly account: MadeFrame[];
}

export interface Making {
  readonly source?: string;
  /** Of the first frame; the others count up. */
  readonly recordNumber?: number;
  readonly measurements?: number;
  readonly ended?: boolean;
  /** Seconds after a fixed moment. */
  readonly startsAt?: number;
}

export function makeSession(making: Making = {}): Made {
  const {
    source = 'bench-1',
    recordNumber = 1,
    measurements = 4,
    ended = true,
    startsAt = 0,
  } = making;
  const session = newSessionId();
  const lines = new Map<number, Buffer>();
  const account: MadeFrame[] = [];
  const add = (fields: Unnumbered<SessionRecord>): void => {
    const seq = lines.size;
    lines.set(seq, encodeRecord({ v: 1, session, seq, ...fields } as SessionRecord));
  };
  add({
    type: 'session_start',
    started_at: utc(startsAt),
    source,
    profile: 'steady',
    device: { model: 'CX-505', serial: 'EMU00001', port: '/dev/pts/7' },
    emulated: true,
    metadata: { load: 'steady', shelf: 3.5 },
  });
  for (let n = 0; n < measurements; n++) {
    const at = utc(startsAt + n + 1);
    const frame = encodeFrame({
      serial: 'EMU00001',
      value: `${7 + n}.25`,
      unit: 'pH',
      temperature: '21.5',
      deviceTime: at.slice(0, 19),
      recordNumber: recordNumber + n,
    }).toString('hex');
    account.push({ frame, whole: true, at, bootUs: 1000 * Date.parse(at) });
    add({
      type: 'measurement',
      captured_at: at,
      elapsed_ms: 1000 * (n + 1),
      raw_frame_hex: frame,
      decoded: {
        value: 7.25 + n,
        unit: 'pH',
        temperature: 21.5,
        temperature_unit: '°C',
        device_time: at.slice(0, 19),
        record_number: recordNumber + n,
        status: '0',
        range: '00000',
        mode: '00000',
      },
    });
  }
  add({ type: 'metadata_update', at: utc(startsAt + 10), metadata: { load: 'burst', shelf: 4 } });
  const payload = { what: 'lost', code: 'gone', nested: { b: [1, null], a: 'x' } };
  add({
    type: 'audit_event',
    at: utc(startsAt + 11),
    level: 'warning',
    category: 'link',
    message: 'link lost',
    payload,
  });
  const ending = {
    ended_at: utc(startsAt + 12),
    reason: 'stopped' as const,
    measurement_count: measurements,
  };
  if (ended) add({ type: 'session_end', ...ending });
  return { session, lines, account };
}
