/** What a consumer's end of the stream has seen and done since it began; for the health endpoint. */
export interface ReceiverCounters {
  hellos: number;
  welcomes: number;
  batches: number;
  /** Lines handed out. */
  records: number;
  /** Lines that came again and were dropped. */
  duplicates: number;
  /** Holes that the source declared. */
  holes: number;
  /** Times that something was missing and everything unacknowledged was asked for again. */
  gaps: number;
  /** Batches that were left out because the source sent far more than the window allows. */
  overruns: number;
  /** Batches from before the last hello. */
  stale: number;
  acks: number;
  /** Acknowledgements of what was never handed out: a mistake of the caller. */
  acksRefused: number;
  heartbeats: number;
  malformed: number;
  refused: number;
  fenced: number;
  /** Times that an older run had taken the source, and it was taken back. */
  contested: number;
  /** Times that the source was silent for too long. */
  silences: number;
  /** Sends that found no connection, or a full queue. */
  full: number;
  /** Times that the connection was made anew because of the memory that it took. */
  overfull: number;
}

export function newReceiverCounters(): ReceiverCounters {
  return {
    hellos: 0,
    welcomes: 0,
    batches: 0,
    records: 0,
    duplicates: 0,
    holes: 0,
    gaps: 0,
    overruns: 0,
    stale: 0,
    acks: 0,
    acksRefused: 0,
    heartbeats: 0,
    malformed: 0,
    refused: 0,
    fenced: 0,
    contested: 0,
    silences: 0,
    full: 0,
    overfull: 0,
  };
}
