/** Who is called, by the configuration. */
import type { AlarmsConfig } from '@elmetron/runtime';
import type { HookSettings } from './hook-queue.js';
import type { Hook } from './notice.js';
import { webHook } from './post-notice.js';
import { commandHook } from './run-command.js';

export function hookSettings(config: AlarmsConfig): HookSettings {
  return { hook: hookOf(config), timeoutMs: config.hook_timeout_s * 1000 };
}

function hookOf({ hook_command, hook_url }: AlarmsConfig): Hook | undefined {
  if (hook_command.length > 0) return commandHook(hook_command);
  return hook_url === '' ? undefined : webHook(hook_url);
}
