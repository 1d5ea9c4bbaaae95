/**
 * The writer: takes records from the stream, syncs them into session buffers, acknowledges, commits
 * them to the database, and removes the buffers.
 *
 *   sources → intake → group commit → session buffers (append, sync) → acknowledge
 *                                  └→ lane of the database: backlog → committer → store
 */
import { join } from 'node:path';
import { newSessionId } from '@elmetron/protocol';
import { Health, HealthServer, runProcess } from '@elmetron/runtime';
import { Quarantine, sessionsInBuffers } from '@elmetron/storage';
import { Alarms } from './alarms.js';
import { Databases } from './databases.js';
import { figures, writerMetrics } from './figures.js';
import { GroupCommit } from './group-commit.js';
import { Intake } from './intake.js';
import { MissingNumbers } from './missing-numbers.js';
import { SessionBuffers } from './session-buffers.js';
import { OpenSessions } from './open-sessions.js';
import { SetAside } from './set-aside.js';
import { PatientQuarantine } from './patient-quarantine.js';
import { Sources } from './sources.js';
import { Sweep } from './sweep.js';

/** So often a place on disk that cannot be written is tried again. */
const DISK_RETRY_MS = 5_000;
/** Of the 5 s that a stop may take, so much is for committing what is left. */
const COMMIT_WITHIN_MS = 3_500;

runProcess({
  name: 'writer',
  summary:
    'Takes records from acquisitions, keeps them in buffers and commits them to the database.',
  main: async ({ config, clock, log, stop, onStop, onWatchdog }) => {
    const { storage, writer, monitoring } = config.app;
    const run = newSessionId();
    const health = new Health({ log, clock });
    const fatal = (error: unknown): void => {
      log.error({ err: error }, 'The writer cannot go on safely; nothing more is acknowledged');
      stop(1);
    };

    const buffers = new SessionBuffers({
      capturesDir: storage.captures_dir,
      run,
      enabled: storage.enable_session_buffering,
      rotateBytes: storage.buffer_rotate_bytes,
      archiveDays: storage.archive_days,
      retryMs: DISK_RETRY_MS,
      clock,
      log,
      stateChanged: (reason) => {
        databases.buffersUsable(reason === undefined);
        if (reason === undefined) health.clear('buffer_unavailable');
        else health.raise('buffer_unavailable', `Failed to create session buffer: ${reason}`);
      },
    });
    const alarms = new Alarms({ health, clock });
    const quarantineDir = join(storage.captures_dir, 'quarantine');
    const quarantine = new PatientQuarantine({
      quarantine: new Quarantine({ dir: quarantineDir }),
      dir: quarantineDir,
      health,
      retryMs: DISK_RETRY_MS,
    });
    const setAside = new SetAside({
      quarantine,
      run,
      recordEvent: (session, event) => databases.lane(session.emulated).recordEvent(event),
      alarm: (alarm, message) => {
        alarms.raise(alarm, message);
      },
      clock,
      log,
    });
    const databases = await Databases.open({
      storage,
      buffers,
      setAside,
      health,
      fatal,
      clock,
      log,
    });
    const groupCommit = new GroupCommit({
      recordsPerSync: storage.buffer_flush_interval,
      buffers,
      setAside,
      commit: (session, entry) => {
        databases.lane(session.emulated).push(entry);
      },
      fatal,
      clock,
    });
    const intake = new Intake({
      recordsPerSync: storage.buffer_flush_interval,
      deliver: (delivery) => {
        groupCommit.push(delivery);
      },
    });
    const openSessions = new OpenSessions({ intake, buffers, databases, log });
    const sources = new Sources({
      endpoints: writer.sources,
      consumer: writer.consumer,
      run,
      window: writer.window,
      take: (batch, acknowledge) => {
        intake.take(batch, acknowledge);
      },
      listed: (source, sessions) => {
        openSessions.listed(source, sessions);
      },
      forget: (source) => {
        openSessions.forget(source);
      },
      fatal,
      allFenced: () => {
        stop(0);
      },
      health,
      clock,
      log,
    });
    const missingNumbers = new MissingNumbers({
      databases,
      openSessions,
      inOtherBuffers: () => sessionsInBuffers(storage.captures_dir, run),
      alarm: (message) => {
        alarms.raise('numbers_missing', message);
      },
      clock,
      log,
    });
    const sweep = new Sweep({
      storage,
      databases,
      health,
      recovered: () => {
        openSessions.lookAgain();
      },
      nothingLeft: () => {
        missingNumbers.look();
      },
      clock,
      log,
    });
    const look = () => figures({ run, intake, buffers, setAside, databases, sources });
    health.figures = look;
    health.processMetrics = () => writerMetrics(look());
    const page = await HealthServer.start({ port: monitoring.writer_port, health, log });

    onWatchdog(() => databases.answer());
    // Closed in the reverse order: first nothing more is taken, then all is synced, committed, removed.
    onStop('health', () => page.close());
    onStop('databases', () => databases.close());
    onStop('lock', () => {
      buffers.release();
    });
    onStop('sweep', () => sweep.stopped());
    onStop('commit', async () => {
      await buffers.close();
      await databases.stop(AbortSignal.timeout(COMMIT_WITHIN_MS));
    });
    onStop('alarms', () => {
      alarms.stop();
      quarantine.stop();
    });
    onStop('sync', () => groupCommit.idle());
    onStop('sources', async () => {
      sweep.stop();
      openSessions.stop();
      await sources.stop();
    });

    sources.start();
    openSessions.start();
    sweep.start();
    alarms.start();
    log.info({ run, sources: writer.sources, captures: storage.captures_dir }, 'The writer runs');
  },
});
