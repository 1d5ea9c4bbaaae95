import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../program.js';
import { elmetron } from '../../testing/run-program.js';

let dir: string;
let script: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'elmetron-completion-'));
  script = join(dir, 'elmetron.bash');
  writeFileSync(script, (await elmetron(['completion', 'bash'])).out);
  writeFileSync(join(dir, 'a-file'), '');
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** What bash itself proposes behind `line`. */
function proposed(line: string): string[] {
  const words = line.split(' ');
  const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _elmetron
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['-c', ask, 'bash', script, ...words], { cwd: dir });
  return out
    .toString()
    .split('\n')
    .filter((word) => word !== '');
}

describe('completion in bash', () => {
  it('of commands, and of theirs', () => {
    expect(proposed('elmetron sess')).toEqual(['sessions']);
    expect(proposed('elmetron ')).toEqual(expect.arrayContaining(['status', 'backup', 'prune']));
    expect(proposed('elmetron sessions sh')).toEqual(['show']);
    expect(proposed('elmetron recover ')).toContain('rebuild');
  });

  it('of options, those of the command alone', () => {
    expect(proposed('elmetron sessions --u')).toEqual(['--until', '--unit']);
    expect(proposed('elmetron sessions show --')).toContain('--events');
    expect(proposed('elmetron sessions show --')).not.toContain('--unit');
    expect(proposed('elmetron export latest --fo')).toEqual(['--format', '--force']);
  });

  it('of values where they are known', () => {
    expect(proposed('elmetron export latest --format ')).toEqual([
      'csv',
      'jsonl',
      'xlsx',
      'parquet',
    ]);
    expect(proposed('elmetron export latest -f x')).toEqual(['xlsx']);
    expect(proposed('elmetron completion ')).toEqual(['bash', 'zsh', 'fish']);
    // Files are proposed by bash itself when there is nothing else.
    expect(proposed('elmetron export --output ')).toEqual([]);
    expect(proposed('elmetron backup ')).toEqual([]);
  });
});

it.each(['bash', 'zsh', 'fish'])('%s knows every command and every option', async (shell) => {
  const { out } = await elmetron(['completion', shell]);
  const program = buildProgram(() => async () => undefined, process);
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  expect(commands.length).toBeGreaterThan(7);
  for (const command of commands) {
    expect(out, command.name()).toContain(command.name());
    for (const { long } of command.options) {
      expect(out, long).toContain(shell === 'fish' ? `-l ${long?.slice(2) ?? ''}` : long);
    }
  }
});

it('another shell is refused', async () => {
  expect((await elmetron(['completion', 'cmd'])).code).toBe(2);
});
