/** A process that checks states, one after the other, for as long as it is told to. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SpoolChecker } from './check-spool.js';
import { StoreChecker } from './check-store.js';
import { materialise } from './materialise.js';
import type { CheckOptions, CheckSetting, DiskState } from './state.js';
import { loadStorage, recoveryByCommand, recoveryInside, type Recovery } from './tree-recovery.js';

export interface WorkOrder {
  readonly id: number;
  readonly scratch: string;
  readonly setting?: CheckSetting;
  readonly state?: DiskState;
  readonly options?: CheckOptions;
}

export interface WorkDone {
  readonly id: number;
  readonly violations: readonly string[];
}

type Check = (directory: string, state: DiskState, options: CheckOptions) => Promise<string[]>;

let check: Check | undefined;

// Ctrl-C goes to all processes of the terminal; this one ends when its parent lets go of it.
process.on('SIGINT', () => undefined);

process.on('message', (order: WorkOrder) => {
  void carryOut(order).then(
    (violations) => process.send?.({ id: order.id, violations } satisfies WorkDone),
    (error: unknown) => {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send?.({
        id: order.id,
        violations: [`the check itself broke down: ${why}`],
      } satisfies WorkDone);
    },
  );
});

async function carryOut({ id, scratch, setting, state, options }: WorkOrder): Promise<string[]> {
  if (setting !== undefined) check = await makeCheck(setting);
  if (state === undefined || options === undefined || check === undefined) return [];
  const directory = join(scratch, `state-${process.pid}-${id}`);
  try {
    return await check(directory, state, options);
  } finally {
    remove(directory);
  }
}

async function makeCheck(setting: CheckSetting): Promise<Check> {
  const { tree, archiveDays } = setting;
  if (setting.checks === 'spool') {
    const { Spool } = await loadStorage(tree);
    const checker = new SpoolChecker(setting, Spool);
    return async (directory, state) => {
      materialise(state, directory);
      return await checker.check(directory, state.owed);
    };
  }
  const checker = new StoreChecker(setting);
  const inside = await recoveryInside(tree, archiveDays);
  const command = recoveryByCommand(tree, archiveDays);
  const by = async (recovery: Recovery, directory: string, state: DiskState) => {
    materialise(state, directory);
    return await checker.check(directory, state, recovery);
  };
  return async (directory, state, { how }) => {
    const first = await by(how === 'command' ? command : inside, directory, state);
    if (how !== 'both') return [...first.violations];
    const again = `${directory}-by-command`;
    const second = await by(command, again, state);
    remove(again);
    const differ =
      first.digest === second.digest ? [] : ['the command does something else than its parts'];
    return [
      ...first.violations,
      ...second.violations.map((one) => `by command: ${one}`),
      ...differ,
    ];
  };
}

function remove(directory: string): void {
  for (const path of [directory, `${directory}.config`])
    rmSync(path, { recursive: true, force: true });
}
