/** npm run pm2 -- ...: PM2's own commands (ls, logs, restart writer, ...) for the processes of npm start. */
import { spawnSync } from 'node:child_process';
import { PM2_ENV, isRunning, pm2 } from './process-manager.mjs';
import { ROOT } from './project.mjs';

if (!(await isRunning())) {
  process.stderr.write('Nothing is running here: npm start starts it.\n');
  process.exit(1);
}
const [program = '', ...args] = pm2(...process.argv.slice(2));
const env = { ...process.env, ...PM2_ENV };
process.exitCode = spawnSync(program, args, { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1;
