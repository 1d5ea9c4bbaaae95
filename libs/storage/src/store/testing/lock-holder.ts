/** Another process that holds a database, as an analysis program or a second writer would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** @param begin the statements by which it takes hold */
export async function holdDatabase(
  path: string,
  begin: string,
): Promise<{ readonly release: () => Promise<void> }> {
  const script = `
    const db = new (require('better-sqlite3'))(${JSON.stringify(path)}, { timeout: 5000 });
    db.exec(${JSON.stringify(begin)});
    console.log('held');
    process.stdin.resume().on('end', () => process.exit());
  `;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => Promise.reject(new Error('the holder of the lock did not start'))),
  ]);
  return {
    release: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
