/**
 * Every state that a process can be in beside "all is well", in one list: what `/health` calls it, how
 * bad it is, when it begins and ends, and what a person does. A state that is not in this list does
 * not compile; one that is never raised or never taken back fails a test. Codes stay as they are:
 * people watch for them.
 */
import type { ReasonLevel } from './health.js';

export interface State {
  readonly process: 'acquisition' | 'writer';
  /** `critical`: data is being lost, or would be at the next trouble; `degraded`: all is kept, in a lesser way. */
  readonly level: ReasonLevel;
  readonly entered: string;
  /** By itself, without a restart. */
  readonly left: string;
  /** What the person does about it. */
  readonly remedy: string;
}

export const STATES = {
  link_down: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'the port does not open, or an open link has ended (unplugged)',
    left: 'a link is open',
    remedy: 'plug the meter in, or do what the message says of the port',
  },
  meter_silent: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'the link is open, and for 10 s or 5 polls (whichever is longer) no reading has come',
    left: 'the first reading, or the link ends',
    remedy: "look at the meter's display: it does not answer while it shows an error",
  },
  line_noisy: {
    process: 'acquisition',
    level: 'degraded',
    entered: '10 or more disturbances (stray bytes, frames that are none) within 10 s',
    left: '15 s without a disturbance, or the link ends',
    remedy: 'check the cable, its distance from motors and pumps, and the baud rate of the profile',
  },
  consumer_away: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'a configured consumer has not been connected for 15 s',
    left: 'it is connected',
    remedy: 'start the writer; the readings wait in the spool',
  },
  consumer_stalled: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'a consumer is connected and has acknowledged nothing of what it is owed for 15 s',
    left: 'it acknowledges again, is owed nothing, or goes away (`consumer_away`)',
    remedy: "look at the writer's health: neither its buffers nor its database can be written",
  },
  spool_filling: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'the spool holds 80 % of `spool_max_bytes` or more',
    left: 'it holds less than 70 %',
    remedy: 'start or repair the writer before the spool is full, or allow more',
  },
  spool_full: {
    process: 'acquisition',
    level: 'critical',
    entered: 'a record was refused: `spool_max_bytes` is reached, or the disk is full',
    left: 'there is room again and the gap is written into the session',
    remedy: 'start the writer, free disk space, or raise `spool_max_bytes`',
  },
  spool_unwritable: {
    process: 'acquisition',
    level: 'critical',
    entered: 'a record was refused: the disk of the spool fails or is read-only',
    left: 'a record is taken again and the gap is written into the session',
    remedy: 'check the disk and the permissions of `spool_dir`',
  },
  spool_sync_failed: {
    process: 'acquisition',
    level: 'critical',
    entered: 'what waits in the spool could not be synced: a power cut may take it',
    left: 'a sync succeeds, or all of it is acknowledged',
    remedy: 'check the disk of `spool_dir`; start the writer',
  },
  live_feed_down: {
    process: 'acquisition',
    level: 'degraded',
    entered: "another program has the live feed's endpoint",
    left: 'the endpoint is free (tried every 5 s)',
    remedy: 'stop that program, or change `live_endpoint`; nothing that is recorded depends on it',
  },
  alarm_high: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'a value above `high` of its unit, for `delay_s` without a break',
    left: 'it is back by `hysteresis` for `delay_s`, the unit is another one, or the session ends',
    remedy: 'look at the sample, or set other limits below [alarms]; every reading is recorded',
  },
  alarm_low: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'a value below `low` of its unit, for `delay_s` without a break',
    left: 'it is back by `hysteresis` for `delay_s`, the unit is another one, or the session ends',
    remedy: 'look at the sample, or set other limits below [alarms]; every reading is recorded',
  },
  alarm_unstable: {
    process: 'acquisition',
    level: 'degraded',
    entered:
      'the values of `unstable_within_s` lie farther apart than `unstable_spread`, for `delay_s`',
    left: 'they are nearer by `hysteresis` for `delay_s`, the unit is another one, or the session ends',
    remedy: 'look at the electrode and the sample; every reading is recorded',
  },
  alarm_no_reading: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'no reading with a value for `no_reading_s`, for whatever reason',
    left: 'a reading with a value comes, or the session ends',
    remedy: 'look at the other reasons, then at the meter, its display and its cable',
  },
  alarm_hook_failing: {
    process: 'acquisition',
    level: 'degraded',
    entered: 'an alarm could not be told to the hook, three times tried',
    left: 'an alarm could be told, or the hook is taken out of the configuration',
    remedy: 'run the command of `hook_command` by hand, or look at the server of `hook_url`',
  },
  source_away: {
    process: 'writer',
    level: 'degraded',
    entered: 'no acquisition answers at an endpoint',
    left: 'it answers, or another run of the writer has taken the source over',
    remedy: 'start the acquisition',
  },
  source_refused: {
    process: 'writer',
    level: 'critical',
    entered: 'an acquisition refuses this writer (unknown consumer name, other version)',
    left: 'it answers, or goes away (`source_away`)',
    remedy: "add the writer's name to `acquisition.consumers`, or run the same version of both",
  },
  duplicate_source: {
    process: 'writer',
    level: 'critical',
    entered: 'two endpoints call themselves by the same source name: the second is not taken',
    left: 'the second one has another name or goes away',
    remedy: 'give one of them another `acquisition.source` and restart it',
  },
  fenced: {
    process: 'writer',
    level: 'degraded',
    entered: 'a newer run of this consumer serves one of several sources',
    left: 'with the process: it exits 0 when all of its sources have been taken over',
    remedy:
      'nothing in a swap; otherwise two writers share a name: give one another `writer.consumer`',
  },
  buffer_unavailable: {
    process: 'writer',
    level: 'degraded',
    entered: '`captures/` cannot be written: the database commit is the point of acknowledgement',
    left: 'a buffer could be written again (tried every 5 s while records come)',
    remedy: 'check room and permissions of `captures_dir`',
  },
  nothing_acknowledged: {
    process: 'writer',
    level: 'critical',
    entered: 'neither a buffer nor the database can be written: nothing is acknowledged',
    left: 'either can be written again',
    remedy: 'repair either; acquisition keeps everything in its spool meanwhile',
  },
  database_locked: {
    process: 'writer',
    level: 'degraded',
    entered: 'another program holds the database',
    left: 'a commit succeeds',
    remedy: 'close that program; readings wait in buffers',
  },
  database_unwritable: {
    process: 'writer',
    level: 'critical',
    entered: "the database's disk is full, read-only or failing",
    left: 'a commit succeeds',
    remedy: 'make room, or check permissions and disk; readings wait in buffers',
  },
  database_damaged: {
    process: 'writer',
    level: 'critical',
    entered:
      'the database was damaged when this writer started (damage later ends the writer at once)',
    left: 'a recovery has replaced it and a commit succeeds',
    remedy:
      'restart the writer: the recovery before it rebuilds the database; readings wait in buffers',
  },
  database_replaced: {
    process: 'writer',
    level: 'degraded',
    entered: 'a recovery is moving the database aside at this moment',
    left: 'a commit succeeds',
    remedy: 'wait; readings wait in buffers',
  },
  rebuild_unfinished: {
    process: 'writer',
    level: 'degraded',
    entered: 'a lost database is not rebuilt to the end: older readings are still missing in it',
    left: 'a recovery has finished it (looked at every 10 s)',
    remedy: 'run `recovery rebuild`, and look at what it says',
  },
  buffers_not_recovered: {
    process: 'writer',
    level: 'degraded',
    entered: 'buffers of a dead writer could not be recovered; they stay where they are',
    left: 'a later look (every 10 s) recovers all of them',
    remedy: 'look at the log of the recovery for the buffer and the reason',
  },
  buffers_not_removed: {
    process: 'writer',
    level: 'degraded',
    entered: 'buffers that are in the database cannot be archived or removed: the disk fills',
    left: 'they could be removed (tried after 5 s, then less often, at least every minute)',
    remedy: 'check room and permissions of `captures_dir` and its `archive/`',
  },
  quarantine_unwritable: {
    process: 'writer',
    level: 'degraded',
    entered: '`captures/quarantine/` cannot be written: what is set aside is kept in the database',
    left: 'what waited for it could be written (tried every 5 s)',
    remedy: 'check room and permissions of `captures/quarantine/`',
  },
  records_set_aside: {
    process: 'writer',
    level: 'degraded',
    entered: 'a record that is none was set aside',
    left: 'an hour without another one; what was set aside stays in the quarantine',
    remedy: 'look into `captures/quarantine/`: a damaged spool, or another program on the stream',
  },
  numbers_missing: {
    process: 'writer',
    level: 'critical',
    entered:
      'alarm: a source has lost numbered records (its spool was damaged), or a session that is over lacks numbers that nothing explains',
    left: 'an hour without another one; the event stays in the database',
    remedy:
      "look at the disk of that acquisition's spool, and for another program that takes records in the writer's name; the event names session and numbers",
  },
  record_conflict: {
    process: 'writer',
    level: 'critical',
    entered: 'alarm: a record differs from the one stored under its number',
    left: 'an hour without another one; the event stays in the database',
    remedy: 'compare both in the quarantine; the stored one was left as it is',
  },
} as const satisfies Readonly<Record<string, State>>;

export type StateCode = keyof typeof STATES;

/** What a person does about a reason of the health page, as a sentence; undefined for a code that is not in the list. */
export function adviceFor(code: string): string | undefined {
  if (!Object.hasOwn(STATES, code)) return undefined;
  const { remedy } = STATES[code as StateCode];
  return `${remedy.slice(0, 1).toUpperCase()}${remedy.slice(1)}.`;
}
