/** All commands, in the order in which a person meets them. */
import { backupCommand } from './backup/command.js';
import { completionCommand } from './completion/command.js';
import type { CommandDefinition } from './define.js';
import { doctorCommand } from './doctor/command.js';
import { exportCommand } from './export/command.js';
import { initCommand } from './init/command.js';
import { importCommand } from './import/command.js';
import { noteCommand, renameCommand, setCommand } from './notes/command.js';
import { portsCommand } from './ports/command.js';
import { probeCommand } from './probe/command.js';
import { pruneCommand } from './prune/command.js';
import { recoverCommand } from './recover/command.js';
import { sessionsCommand } from './sessions/command.js';
import { statusCommand } from './status/command.js';
import { tailCommand } from './tail/command.js';
import { verifyCommand } from './verify/command.js';

export const commands: readonly CommandDefinition[] = [
  initCommand,
  statusCommand,
  tailCommand,
  sessionsCommand,
  exportCommand,
  noteCommand,
  renameCommand,
  setCommand,
  verifyCommand,
  doctorCommand,
  portsCommand,
  probeCommand,
  backupCommand,
  recoverCommand,
  importCommand,
  pruneCommand,
  completionCommand,
];
