/** `elmetron prune`: archives old sessions, then removes what the archive holds. */
import { dirname } from 'node:path';
import { count, fileSize, size } from '@elmetron/report';
import {
  archiveSessions,
  nodeFileSystem,
  removeSessions,
  type LoggedSession,
  type RemovedSessions,
} from '@elmetron/storage';
import { CliError, throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { partialName, takeName, unlinkIfThere } from '../../disk/new-file.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { progressBar } from '../../terminal/progress-bar.js';
import { Questions } from '../../terminal/questions.js';
import { table } from '../../terminal/table.js';
import { localTime } from '../../time/local-time.js';
import type { PruneOptions } from './command.js';
import { planPrune, type KeptSession, type PrunePlan } from './plan-prune.js';

export async function pruneSessions(
  context: CommandContext,
  options: PruneOptions,
): Promise<ExitCode | undefined> {
  const { voice, signal } = context;
  const { app } = await context.config();
  const plan = await planPrune(context, app, options);
  const dryRun = options.dryRun === true;
  if (dryRun || plan.sessions.length === 0) {
    if (voice.json) voice.value(asJson(plan, undefined, dryRun));
    else showPlan(context, plan);
    return plan.kept.length > 0 ? EXIT.wrong : EXIT.ok;
  }
  if (options.yes !== true) await agreed(context, plan);
  await archive(context, plan);
  const removed = await remove(context, plan, {
    capturesDir: app.storage.captures_dir,
    spoolDir: app.acquisition.spool_dir,
  });
  const kept = [...plan.kept, ...removed.kept];
  if (voice.json) voice.value(asJson(plan, removed, false));
  else await showRemoved(context, plan, removed, kept);
  if (!removed.finished) throwIfInterrupted(signal);
  return kept.length > 0 ? EXIT.wrong : EXIT.ok;
}

async function agreed(context: CommandContext, plan: PrunePlan): Promise<void> {
  if (!Questions.canBeAsked(context)) {
    throw new CliError(
      'refused',
      'Nobody can be asked here. Look with --dry-run at what would go, then add --yes.',
    );
  }
  showPlan(context, plan);
  const questions = new Questions(context);
  try {
    const into = `Move them from ${plan.database} into ${plan.archive}?`;
    if (await questions.yes(into)) return;
  } finally {
    questions.close();
  }
  throw new CliError('refused', 'Nothing was changed.');
}

async function archive({ voice, signal }: CommandContext, plan: PrunePlan): Promise<void> {
  const partial = partialName(plan.archive);
  const sessions = plan.sessions.map(({ session_uid }) => session_uid);
  const bar = progressBar(voice, 'Archiving', sessions.length);
  try {
    const { database: from } = plan;
    await archiveSessions({ from, to: partial, sessions, signal, onProgress: bar.show });
    throwIfInterrupted(signal);
    await takeName(partial, plan.archive, false);
    await nodeFileSystem().syncDirectory(dirname(plan.archive));
  } catch (error) {
    await unlinkIfThere(partial).catch(() => undefined);
    throw error;
  } finally {
    bar.end();
  }
}

async function remove(
  { voice, signal }: CommandContext,
  { database: path, archive, sessions }: PrunePlan,
  places: { readonly capturesDir: string; readonly spoolDir: string },
): Promise<RemovedSessions> {
  const bar = progressBar(voice, 'Removing', sessions.length);
  try {
    return await removeSessions({
      ...places,
      path,
      archive,
      signal,
      sessions: sessions.map(({ session_uid }) => session_uid),
      onProgress: bar.show,
    });
  } finally {
    bar.end();
  }
}

/** As many sessions as a person would look at. */
const SHOWN = 10;

function showPlan({ voice }: CommandContext, plan: PrunePlan): void {
  const { sessions, readings, before, kept } = plan;
  voice.line(
    sessions.length === 0
      ? `Nothing to move: no session of ${plan.database} that ended before ${localTime(before)}.`
      : `${count(sessions.length)} session(s) with ${count(readings)} readings ended before ${localTime(before)}:`,
  );
  if (sessions.length > 0) {
    const lines = table<LoggedSession>(
      [
        { title: 'SESSION', of: ({ session_uid }) => session_uid },
        { title: 'ENDED', of: ({ ended_at }) => (ended_at === null ? '?' : localTime(ended_at)) },
        { title: 'READINGS', of: (s) => count(s.measurement_count), right: true },
        { title: 'METER', of: ({ model, serial }) => `${model ?? '?'} ${serial ?? '?'}` },
      ],
      sessions.slice(0, SHOWN),
    );
    for (const line of lines) voice.line(line);
    if (sessions.length > SHOWN) voice.line(`and ${count(sessions.length - SHOWN)} more`);
  }
  showKept(voice, kept);
}

async function showRemoved(
  { voice }: CommandContext,
  plan: PrunePlan,
  { removed, archivedBuffers }: RemovedSessions,
  kept: readonly KeptSession[],
): Promise<void> {
  const gone = new Set(removed);
  const readings = plan.sessions
    .filter(({ session_uid }) => gone.has(session_uid))
    .reduce((sum, { measurement_count: n }) => sum + n, 0);
  const bytes = size(await fileSize(plan.archive));
  voice.line(
    `${count(removed.length)} session(s) with ${count(readings)} readings moved from ${plan.database} into ${plan.archive} (${bytes}, compared)`,
  );
  if (archivedBuffers > 0) {
    voice.line(`${count(archivedBuffers)} archived buffer(s) of theirs removed, too`);
  }
  voice.note(
    'The database keeps its size on the disk; what is free in it is used for new readings.',
  );
  showKept(voice, kept);
}

function showKept(voice: CommandContext['voice'], kept: readonly KeptSession[]): void {
  for (const { session, why } of kept) {
    voice.line(voice.colours.yellow(`Session ${session} stays: it ${why}.`));
  }
}

function asJson(plan: PrunePlan, removed: RemovedSessions | undefined, dryRun: boolean): object {
  const { database, emulated, before, archive, sessions } = plan;
  return {
    database,
    emulated,
    before,
    dry_run: dryRun,
    archive: removed === undefined ? null : archive,
    sessions: sessions.map(({ session_uid, ended_at, measurement_count }) => ({
      session_uid,
      ended_at,
      measurement_count,
      removed: removed?.removed.includes(session_uid) ?? false,
    })),
    kept: [...plan.kept, ...(removed?.kept ?? [])],
    archived_buffers_removed: removed?.archivedBuffers ?? 0,
  };
}
