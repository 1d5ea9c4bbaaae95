/** Takes from a running process the right to open another file, as a leak or a low limit would. */
import { execFileSync } from 'node:child_process';

/** Every further open fails with EMFILE; what is open stays. Returns what gives the old limit back; twice is once. */
export function forbidOpening(pid: number): () => void {
  const of = ['--pid', String(pid)];
  const [soft = '', hard = ''] = execFileSync(
    'prlimit',
    [...of, '--nofile', '--noheadings', '--output', 'SOFT,HARD'],
    { encoding: 'utf8' },
  )
    .trim()
    .split(/\s+/);
  // Below standard error, so that a number which becomes free cannot be given away either.
  execFileSync('prlimit', [...of, `--nofile=3:${hard}`]);
  let forbidden = true;
  return () => {
    if (forbidden) execFileSync('prlimit', [...of, `--nofile=${soft}:${hard}`]);
    forbidden = false;
  };
}
