/**
 * The source's end of the stream, played by the harness: records that are known to the byte, served
 * by the real StreamServer, so that a writer cannot tell it from an acquisition.
 */
import {
  encodeFrame,
  encodeRecord,
  newSessionId,
  silentLog,
  StreamServer,
  systemClock,
  type OutboxBatch,
  type SessionRecord,
  type StreamSession,
  type StreamSource,
} from '@elmetron/protocol';
import { eventually } from '@elmetron/rig';
import type { Account } from '../replay/account.js';
import { LeakyServer } from './leaky-server.js';

interface Kept {
  readonly session: string;
  readonly serial: string;
  readonly lines: Buffer[];
  /** Numbers that are lost for good; nothing was ever made of them. */
  readonly lost: Set<number>;
  acknowledged: number;
  measurements: number;
  finished: boolean;
}

const STARTED = Date.parse('2026-03-04T05:06:07.000Z');
const at = (seq: number): string => new Date(STARTED + seq * 1000 + 123).toISOString();

export interface SessionOptions {
  readonly emulated?: boolean;
  readonly metadata?: Readonly<Record<string, string | number>>;
}

export class RecordSource implements StreamSource {
  readonly source: string;
  readonly #account: Account;
  readonly #sessions = new Map<string, Kept>();
  #server: { wake(): void; close(): Promise<void> } | undefined;
  /** The batch that begins with this record is lost on its way, once. */
  #withheld: { readonly session: string; readonly first: number } | undefined;

  constructor(source: string, account: Account) {
    this.source = source;
    this.#account = account;
  }

  /** By the real server. */
  async serve(endpoint: string): Promise<void> {
    const server = await StreamServer.bind({
      endpoint,
      source: this,
      consumers: ['writer'],
      clock: systemClock,
      log: silentLog,
      heartbeatMs: 200,
      silenceMs: 3_000,
      lingerMs: 0,
    });
    this.#server = {
      wake: () => {
        server.wake();
      },
      close: () => server.close({ drainMs: 0 }),
    };
  }

  /** By a server that can lose a batch: `withhold`. */
  async serveLeakily(endpoint: string): Promise<void> {
    this.#server = await LeakyServer.bind({
      endpoint,
      source: this,
      loses: (session, first) => {
        const loses = this.#withheld?.session === session && this.#withheld.first === first;
        if (loses) this.#withheld = undefined;
        return loses;
      },
    });
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** The next batch of the session gets lost on its way; what follows is sent as if it had not. */
  withhold(session: string): void {
    this.#withheld = { session, first: this.#kept(session).lines.length };
  }

  begin({ emulated = false, metadata = {} }: SessionOptions = {}): string {
    const session = newSessionId();
    const serial = emulated ? 'EMU001' : '00042/26';
    this.#sessions.set(session, {
      session,
      serial,
      lines: [],
      lost: new Set(),
      acknowledged: -1,
      measurements: 0,
      finished: false,
    });
    this.#add(session, {
      v: 1,
      type: 'session_start',
      session,
      seq: 0,
      started_at: at(0),
      source: this.source,
      profile: 'cx505',
      device: { model: 'CX-505', serial, port: '/dev/ttyUSB0' },
      emulated,
      metadata,
    });
    return session;
  }

  /** So many measurements, given to the writer together. */
  measure(session: string, count: number): void {
    for (let i = 0; i < count; i++) {
      const kept = this.#kept(session);
      const seq = kept.lines.length;
      const value = ((seq * 37) % 1400) / 100;
      const frame = encodeFrame({
        serial: kept.serial,
        value: value.toFixed(2),
        unit: 'pH',
        temperature: '24.8',
        deviceTime: '2026-03-04T05:06:07',
      });
      kept.measurements++;
      this.#add(session, {
        v: 1,
        type: 'measurement',
        session,
        seq,
        captured_at: at(seq),
        elapsed_ms: seq * 1000,
        raw_frame_hex: frame.toString('hex'),
        decoded: {
          value,
          unit: 'pH',
          temperature: 24.8,
          temperature_unit: '°C',
          device_time: '2026-03-04T05:06:07',
          record_number: seq,
          status: '0',
          range: '00000',
          mode: '00000',
        },
      });
    }
    this.#server?.wake();
  }

  event(session: string, message: string): void {
    const seq = this.#kept(session).lines.length;
    const event = {
      level: 'warning',
      category: 'link',
      message,
      payload: { what: 'lost', n: seq },
    } as const;
    this.#add(session, { v: 1, type: 'audit_event', session, seq, at: at(seq), ...event });
    this.#server?.wake();
  }

  note(session: string, metadata: Readonly<Record<string, string | number>>): void {
    const seq = this.#kept(session).lines.length;
    this.#add(session, { v: 1, type: 'metadata_update', session, seq, at: at(seq), metadata });
    this.#server?.wake();
  }

  /** A line that is no record, in the place of the next one. */
  poison(session: string, bytes: Buffer): void {
    const kept = this.#kept(session);
    this.#account.add({ session, seq: kept.lines.length, line: bytes, kind: 'poison' });
    kept.lines.push(bytes);
    this.#server?.wake();
  }

  /** The next `count` numbers are lost in the source: nothing will ever come of them. */
  lose(session: string, count: number): void {
    const kept = this.#kept(session);
    for (let i = 0; i < count; i++) {
      const line = Buffer.alloc(0);
      this.#account.add({ session, seq: kept.lines.length, line, kind: 'lost' });
      kept.lost.add(kept.lines.length);
      kept.lines.push(line);
    }
  }

  /** The session ends; it is let go when everything is acknowledged. */
  end(session: string): void {
    const kept = this.#kept(session);
    const seq = kept.lines.length;
    const rest = {
      ended_at: at(seq),
      reason: 'stopped',
      measurement_count: kept.measurements,
    } as const;
    this.#add(session, { v: 1, type: 'session_end', session, seq, ...rest });
    kept.finished = true;
    this.#server?.wake();
  }

  /** Waits until all of the session, or all up to `seq`, is acknowledged. */
  async settled(
    session: string,
    seq = (this.#sessions.get(session)?.lines.length ?? 0) - 1,
  ): Promise<void> {
    await eventually(
      `record ${seq} to be acknowledged`,
      () => (this.#sessions.get(session)?.acknowledged ?? Infinity) >= seq,
      30_000,
      () => `acknowledged: ${this.#sessions.get(session)?.acknowledged ?? 'all'}`,
    );
  }

  sessions(): readonly StreamSession[] {
    return [...this.#sessions.values()].map(({ session, lines }) => ({
      session,
      startLine: lines[0] ?? Buffer.alloc(0),
      last: lines.length - 1,
    }));
  }

  acknowledged(_consumer: string, session: string): number {
    return this.#sessions.get(session)?.acknowledged ?? -1;
  }

  read(
    session: string,
    after: number,
    limit: { readonly records: number; readonly bytes: number },
  ): OutboxBatch | undefined {
    const kept = this.#sessions.get(session);
    if (kept === undefined) return undefined;
    let first = after + 1;
    while (kept.lost.has(first)) first++;
    const lines: Buffer[] = [];
    for (let seq = first; seq < kept.lines.length && !kept.lost.has(seq); seq++) {
      if (lines.length === limit.records) break;
      lines.push(kept.lines[seq] ?? Buffer.alloc(0));
    }
    return lines.length === 0 ? undefined : { prev: after, first, lines };
  }

  acknowledge(_consumer: string, session: string, seq: number): void {
    const kept = this.#sessions.get(session);
    if (kept === undefined) return;
    kept.acknowledged = Math.max(kept.acknowledged, seq);
    if (kept.finished && kept.acknowledged >= kept.lines.length - 1) this.#sessions.delete(session);
  }

  #add(session: string, record: SessionRecord): void {
    const line = encodeRecord(record);
    this.#account.add({ session, seq: record.seq, line, kind: 'record' });
    this.#kept(session).lines.push(line);
  }

  #kept(session: string): Kept {
    const kept = this.#sessions.get(session);
    if (kept === undefined) throw new Error(`no session ${session}`);
    return kept;
  }
}
