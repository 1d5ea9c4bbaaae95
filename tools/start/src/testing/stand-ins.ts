/**
 * A copy of config/ with stand-ins for the processes around it, in a directory of its own: what the process
 * manager's files do is tested without the processes that they start.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../project.mjs';

/** Writes a line to `events` for what happens to it; exits 0 when told to stop or (SIGUSR2) when it is finished. */
const PROCESS = `
import { appendFileSync } from 'node:fs';
const say = (event) => appendFileSync('events', \`NAME \${event} \${process.pid}\\n\`);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { say('stop'); process.exit(0); });
process.on('SIGUSR2', () => process.exit(0));
setInterval(() => undefined, 1000);
say('start');
`;

export class StandIns {
  readonly dir = mkdtempSync(join(tmpdir(), 'elmetron-config-'));

  constructor() {
    cpSync(join(ROOT, 'config'), join(this.dir, 'config'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.dir, 'node_modules'), 'junction');
    writeFileSync(join(this.dir, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(this.dir, 'config', 'app.toml'), '[device]\nport = "emulator"\n');
    for (const name of ['acquisition', 'writer', 'dashboard'])
      this.replace(`apps/${name}`, standIn(name));
    this.replace('tools/meter', standIn('meter'));
    this.replace('apps/recovery', `${standIn('recovery')}\nprocess.exit(0);`);
  }

  /** Puts `script` in the place of a process's built entry point. */
  replace(folder: string, script: string): void {
    mkdirSync(join(this.dir, folder, 'dist'), { recursive: true });
    writeFileSync(join(this.dir, folder, 'dist', 'main.js'), script);
  }

  /** What happened, in order: `writer start`, with the process's id after it. */
  events(): { readonly what: string; readonly pid: number }[] {
    const path = join(this.dir, 'events');
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return lines.map((line) => {
      const [name, event, pid] = line.split(' ');
      return { what: `${name} ${event}`, pid: Number(pid) };
    });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A stand-in that goes on until it is told to stop. */
export function standIn(name: string): string {
  return PROCESS.replace('NAME', name);
}
