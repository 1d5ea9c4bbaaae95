/** What every command gets from outside, so that a test can own it. */
import type { Clock } from '@elmetron/protocol/offline';
import type { Config } from '@elmetron/runtime';
import type { Voice } from './terminal/voice.js';

export interface CommandContext {
  readonly voice: Voice;
  readonly clock: Clock;
  /** Aborted at Ctrl-C; a command then leaves nothing half done and throws CliError `interrupted`. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** Path of app.toml. */
  readonly configPath: string;
  /** Read when it is first asked for. Rejects with RuntimeError. */
  readonly config: () => Promise<Config>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
}
