/** What this life of the writer knows of one session that it takes from the stream. */
import { AckLedger } from './ack-ledger.js';

export class SessionIntake {
  readonly session: string;
  readonly source: string;
  /** Decides the database; by the session's own start line, never by the configuration. */
  readonly emulated: boolean;
  /** Without newline; empty when the source's start line was no record. */
  readonly startLine: Buffer;
  readonly ledger = new AckLedger();
  /** Tells the session's source what is durable. */
  readonly acknowledge: (seq: number) => void;

  constructor(from: {
    session: string;
    source: string;
    emulated: boolean;
    startLine: Buffer;
    acknowledge: (seq: number) => void;
  }) {
    this.session = from.session;
    this.source = from.source;
    this.emulated = from.emulated;
    this.startLine = from.startLine;
    this.acknowledge = from.acknowledge;
  }
}
