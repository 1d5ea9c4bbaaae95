/** What a hook is told of an alarm, as one JSON object. */
export interface AlarmNotice {
  readonly event: 'entered' | 'left';
  /** For a person. */
  readonly message: string;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly source: string;
  /** Null outside a session, as are `model`, `serial` and `emulated`. */
  readonly session: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly emulated: boolean | null;
  /** The payload of the event: `alarm`, `unit`, `limit` … */
  readonly [field: string]: string | number | boolean | null;
}

/** Tells somebody outside; gives up when `signal` is aborted. Rejects with the reason when it did not work. */
export type Hook = (notice: AlarmNotice, signal: AbortSignal) => Promise<void>;
