/** What a stream's source has seen and done since it began; for the health endpoint. */
export interface SenderCounters {
  hellos: number;
  welcomes: number;
  batches: number;
  records: number;
  /** Records of `records` that had been sent to that consumer before. */
  redelivered: number;
  acks: number;
  /** Acknowledgements that did not count: fenced run, unknown session, backwards, above what was sent. */
  acksIgnored: number;
  heartbeats: number;
  malformed: number;
  refused: number;
  fenced: number;
  /** Peers forgotten because they were silent or gone. */
  forgotten: number;
  /** Sends that a full queue did not take. */
  full: number;
  sourceErrors: number;
  /** Times that all connections were closed because they held too much memory. */
  overfull: number;
}

export function newSenderCounters(): SenderCounters {
  return {
    hellos: 0,
    welcomes: 0,
    batches: 0,
    records: 0,
    redelivered: 0,
    acks: 0,
    acksIgnored: 0,
    heartbeats: 0,
    malformed: 0,
    refused: 0,
    fenced: 0,
    forgotten: 0,
    full: 0,
    sourceErrors: 0,
    overfull: 0,
  };
}
