/** What was done in a run, counted as it is done. */
import type { AcquisitionKill } from './proof/compare-frames.js';
import type { Role } from './bench/cast.js';

/** In which situation a process was killed. */
export type Situation =
  'running' | 'stopped' | 'in a replay' | 'database locked' | 'next writer running' | 'all at once';

export interface Deed {
  readonly role: Role;
  readonly situation: Situation;
}

export class Tally {
  readonly kills: Deed[] = [];
  /** By name of the bench: the kills that may have cost a frame. */
  readonly acquisitionKills = new Map<string, AcquisitionKill[]>();
  stops = 0;
  swaps = 0;
  /** Writers that were stopped in order under load. */
  orderlyStops = 0;
  forcedStops = 0;
  recoveriesByHand = 0;
  lockedMs = 0;
  lineFaults = 0;
  connectionFaults = 0;
  loadChanges = 0;
  rounds = 0;
  /** How long the system took to come to rest, in all rounds together. */
  restMs = 0;
  /** Steps that found nobody to do it to. */
  readonly missed: string[] = [];

  /** A process was alive, was sent SIGKILL, and is dead. */
  killed(role: Role, bench: string, situation: Situation, deadAt: number): void {
    this.kills.push({ role, situation });
    if (role !== 'acquisition') return;
    this.acquisitionKills.set(bench, [...(this.acquisitionKills.get(bench) ?? []), { deadAt }]);
  }

  /** The process manager killed an acquisition that took too long to stop. */
  forced(bench: string, deadAt: number): void {
    this.forcedStops++;
    this.acquisitionKills.set(bench, [...(this.acquisitionKills.get(bench) ?? []), { deadAt }]);
  }

  count(role: Role, situation?: Situation): number {
    return this.kills.filter(
      (deed) => deed.role === role && (situation === undefined || deed.situation === situation),
    ).length;
  }
}
