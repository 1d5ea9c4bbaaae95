/**
 * What a database that was set aside held and neither archive nor buffers had: taken over as far as
 * the file still gives it, and listed by session and range. The list lies beside that file, so that a
 * person knows what to look for in it; a database set aside without its list has not been dealt with.
 *
 * ```
 *   compare ─▶ plan, durable beside the file ─▶ take over as planned ─▶ list ─▶ plan removed
 * ```
 * The plan is made once: killed while it takes over, the next recovery would find less missing and
 * list less.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode, type FileSystem } from '../../buffer/file-system.js';
import {
  DatabaseReader,
  isDamagedPlace,
  type MissingRange,
  type SessionRange,
} from '../../store/index.js';
import { failureFields } from '../failure.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';
import { salvageNotes } from './bring-notes.js';
import { writeDurably } from './owed-rebuild.js';
import { carryOut, planSalvage, type SalvagePlan } from './salvage.js';

/** Consecutive measurements of one session that the rebuilt database does not have. */
export type LostRange = MissingRange;

export interface BeyondReach {
  /** The database that was set aside, under the name it has now. */
  readonly set_aside: string;
  /** In neither archive nor buffers, but taken over from it. */
  readonly salvaged: readonly SessionRange[];
  /** Not taken over: not readable there, or (`readable`) at odds with their own raw frame. */
  readonly lost: readonly LostRange[];
  /** What of the file could not be read: there may be more lost than is listed. */
  readonly unreadable: readonly string[];
}

const LIST = '.lost.json';
const PLAN = '.salvage.json';

/** Databases that were set aside for this one and have no list yet. */
export async function uncompared(databasePath: string, fs: FileSystem): Promise<readonly string[]> {
  const directory = dirname(databasePath);
  const names = await fs.readDirectory(directory);
  const name = basename(databasePath);
  return names
    .filter(
      (aside) =>
        aside.startsWith(`${name}.`) &&
        /^\.(?:damaged|replaced)-\d{8}T\d{6}Z(?:-\d+)?$/.test(aside.slice(name.length)),
    )
    .filter((aside) => !names.includes(aside + LIST))
    .map((aside) => join(directory, aside));
}

/** Undefined when it was told to stop before the end; the next time goes on. The file aside is only read. */
export async function takeOver(
  aside: string,
  databasePath: string,
  emulated: boolean,
  context: RecoveryContext,
): Promise<BeyondReach | undefined> {
  const { fs } = context;
  let plan = await plannedBefore(aside);
  if (plan === undefined) {
    plan = planSalvage(aside, databasePath);
    await writeDurably(aside + PLAN, `${JSON.stringify(plan)}\n`, fs);
  }
  const rest = await carriedOut(plan, aside, databasePath, emulated, context);
  if (rest === undefined) return undefined;
  const { salvaged, lost } = plan;
  const unreadable = [...plan.unreadable, ...rest];
  const beyond: BeyondReach = { set_aside: aside, salvaged, lost, unreadable };
  await recordLost(beyond, emulated, context);
  await writeDurably(aside + LIST, `${JSON.stringify(beyond, null, 2)}\n`, fs);
  await fs.unlink(aside + PLAN);
  return beyond;
}

async function plannedBefore(aside: string): Promise<SalvagePlan | undefined> {
  try {
    return JSON.parse(await readFile(aside + PLAN, 'utf8')) as SalvagePlan;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A file that does not even open holds nobody up: what is known to be in it is listed. */
async function carriedOut(
  plan: SalvagePlan,
  aside: string,
  databasePath: string,
  emulated: boolean,
  context: RecoveryContext,
): Promise<readonly string[] | undefined> {
  if (!opens(aside, context)) return [];
  const rest = await carryOut(plan, aside, databasePath, emulated, context);
  return rest && [...rest, ...(await salvageNotes(aside, databasePath, context))];
}

function opens(aside: string, { log }: RecoveryContext): boolean {
  try {
    return DatabaseReader.using(aside, (reader) => [...reader.sessions()].length >= 0);
  } catch (error) {
    if (!isDamagedPlace(error)) throw error;
    log.warn({ ...failureFields(error), path: aside }, 'A damaged database gives nothing any more');
    return false;
  }
}

/** As many ranges as a person would look at; the list beside the file has all. */
const LISTED = 1_000;

async function recordLost(
  { set_aside, lost, unreadable }: BeyondReach,
  emulated: boolean,
  context: RecoveryContext,
): Promise<void> {
  if (lost.length === 0 && unreadable.length === 0) return;
  const count = lost.reduce((sum, { measurements }) => sum + measurements, 0);
  await inStore(context, emulated, (store) =>
    store.recordEvent({
      key: `beyond_reach:${basename(set_aside)}`,
      at: new Date(context.clock.now()).toISOString(),
      level: 'error',
      category: 'recovery',
      message: `Up to ${count} measurements of a database that was set aside are beyond reach`,
      payload: {
        set_aside: basename(set_aside),
        measurements: count,
        lost: lost.slice(0, LISTED).map((range) => ({ ...range })),
        unreadable: [...unreadable],
      },
    }),
  );
}
