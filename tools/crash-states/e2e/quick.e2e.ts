/**
 * The short form of the command, as a person runs it: a sample of the states of every scenario holds,
 * and mutants are caught.
 */
import { execFile } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUTCOME_KINDS, requireStrace, scenarios, type OutcomeKind } from '@elmetron/crash-states';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const WITHIN_MS = 600_000;

interface Said {
  readonly held: boolean;
  readonly scenarios: readonly {
    readonly name: string;
    readonly states: Readonly<Record<OutcomeKind, number>>;
    readonly by_command: number;
    readonly violations: readonly { readonly sentences: readonly string[] }[];
  }[];
  readonly mutants: readonly { readonly name: string; readonly caught_by: unknown }[];
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'crash-states-e2e-'));
});
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64_000_000 };
    execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
        stdout,
        stderr,
      });
    });
  });
}

/** Why the machine cannot trace; undefined when it can. */
function whyNoStrace(): string | undefined {
  try {
    requireStrace();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const missing = whyNoStrace();
if (missing !== undefined) console.warn(`The enumeration of power cuts is left out: ${missing}`);

describe.skipIf(missing !== undefined)('the short form', () => {
  it(
    'holds in every scenario and kind, and catches its mutants',
    async () => {
      const { code, stdout, stderr } = await run(['--quick', '--json']);
      expect(stderr).toBe('');
      const said = JSON.parse(stdout) as Said;
      expect(said.scenarios.flatMap(({ violations }) => violations)).toEqual([]);
      expect(said.mutants.filter(({ caught_by }) => caught_by === null)).toEqual([]);
      expect(said.mutants.length).toBeGreaterThan(0);
      expect(said.scenarios.map(({ name }) => name)).toEqual(scenarios.map(({ name }) => name));
      for (const kind of OUTCOME_KINDS) {
        const count = said.scenarios.reduce((sum, { states }) => sum + states[kind], 0);
        expect(count, kind).toBeGreaterThan(0);
      }
      expect(said.held).toBe(true);
      expect(code).toBe(0);
    },
    WITHIN_MS,
  );
});

describe('the command', () => {
  it('says what is missing when strace is, and how to get it', async () => {
    const { code, stderr } = await run(['--quick'], { PATH: temporary });
    expect(code).toBe(2);
    expect(stderr).toContain('apt-get install strace');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('refuses what it does not know', async () => {
    expect(await run(['--scenario', 'sunshine'])).toMatchObject({ code: 2 });
    expect(await run(['--sunshine'])).toMatchObject({ code: 2 });
    expect(await run(['--help'])).toMatchObject({ code: 0 });
  });
});
