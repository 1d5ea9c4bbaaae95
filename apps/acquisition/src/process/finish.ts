/**
 * The end of a process's life: the session ends in writing, and the consumers that are there get a
 * moment to take it. What they do not take rests in the spool for the next life.
 */
import type { Clock, StreamServer } from '@elmetron/protocol';
import type { Outbox } from '../outbox/outbox.js';
import type { Recorder } from '../session/recorder.js';
import type { Timers } from '@elmetron/link';

export interface FinishParts {
  readonly recorder: Pick<Recorder, 'end' | 'close'>;
  readonly outbox: Pick<Outbox, 'unacknowledged'>;
  readonly server: Pick<StreamServer, 'consumers' | 'close'>;
  readonly clock: Clock;
  readonly timers: Timers;
}

const MOMENT_MS = 3000;
const LOOK_MS = 20;

export async function finish({
  recorder,
  outbox,
  server,
  clock,
  timers,
}: FinishParts): Promise<void> {
  const end = clock.monotonic() + MOMENT_MS;
  const inTime = async (): Promise<boolean> => {
    await new Promise<void>((resolve) => {
      timers.after(LOOK_MS, resolve);
    });
    return clock.monotonic() < end;
  };
  const owed = (): boolean => {
    const records = outbox.unacknowledged();
    return server
      .consumers()
      .some(({ consumer, connected }) => connected && (records[consumer] ?? 0) > 0);
  };
  // A full spool has room for the end when the consumers take something from it.
  while (!recorder.end('stopped') && owed() && (await inTime()));
  recorder.close('stopped');
  while (owed() && (await inTime()));
  await server.close({ drainMs: 0 });
}
