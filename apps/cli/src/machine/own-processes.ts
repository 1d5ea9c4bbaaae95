/** Which of our processes run on this computer, with which configuration, and what keeps them running. */
import { resolve } from 'node:path';
import type { Proc, RunningProcess } from './proc.js';

export type Role = 'acquisition' | 'writer' | 'recovery' | 'dashboard';

export interface OwnProcess {
  readonly pid: number;
  readonly role: Role;
  /** Path of its configuration, absolute. */
  readonly config: string;
  readonly keptBy: Keeper;
}

export type Keeper =
  | { readonly kind: 'pm2' }
  | { readonly kind: 'systemd'; readonly unit: string }
  /** A terminal, or whatever else will not start it again. */
  | { readonly kind: 'nobody' };

export async function ownProcesses(proc: Proc): Promise<readonly OwnProcess[]> {
  const all = await proc.all();
  const own = await Promise.all(all.map((process) => asOwn(process, proc)));
  return own.flatMap((process) => process ?? []);
}

async function asOwn(process: RunningProcess, proc: Proc): Promise<OwnProcess | undefined> {
  const { pid, words } = process;
  const at = words.findIndex((word) => ENTRY.test(word));
  const [, role = LAUNCHED] = ENTRY.exec(words[at] ?? '') ?? [];
  // One in an editor or a search is no process of ours.
  if (at < 0 || !/(?:^|\/)node(?:\.exe)?$/.test(words[0] ?? '')) return undefined;
  const given = configIn(words.slice(at + 1)) ?? 'config/app.toml';
  const config = resolve((await proc.workingDirectory(pid)) ?? '.', given);
  return { pid, role: role as Role, config, keptBy: await keeperOf(pid, proc) };
}

const ENTRY =
  /(?:^|\/)(?:apps\/(acquisition|writer|recovery|dashboard)\/dist\/main\.js|config\/writer-with-recovery\.mjs)$/;
/** What the launcher of the process managers becomes. */
const LAUNCHED: Role = 'writer';

function configIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--config' || word === '-c');
  if (at >= 0) return words[at + 1];
  return words.find((word) => word.startsWith('--config='))?.slice('--config='.length);
}

async function keeperOf(pid: number, proc: Proc): Promise<Keeper> {
  const [, ...ancestors] = await proc.ancestors(pid);
  // PM2 gives its daemon this title.
  if (ancestors.some(({ words }) => /^PM2 v\S+: God Daemon/.test(words.join(' ')))) {
    return { kind: 'pm2' };
  }
  // A terminal of a user belongs to no service of the system, but that of a remote login may.
  const unit = await proc.service(pid);
  if (unit !== undefined && !/^(?:ssh|sshd|cron|docker|containerd|user@)/.test(unit)) {
    return { kind: 'systemd', unit };
  }
  return { kind: 'nobody' };
}
