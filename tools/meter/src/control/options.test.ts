import { describe, expect, it, vi } from 'vitest';
import { parseOptions } from './options.js';

/** Commander ends the process at a wrong option; here its end is an error, its words are kept away. */
function exitOf(args: readonly string[]): unknown {
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    parseOptions(args);
    return 'no exit';
  } catch (error) {
    return error instanceof Error ? error.message : error;
  } finally {
    exit.mockRestore();
    quiet.mockRestore();
  }
}

describe('options', () => {
  it('offer a pseudo-terminal, unless only TCP is asked for', () => {
    expect(parseOptions([]).path).toBe('data/demo/meter');
    expect(parseOptions(['--tcp', '[::1]:4001'])).toMatchObject({
      tcp: { host: '::1', port: 4001 },
    });
    expect(parseOptions(['--tcp', 'localhost:0']).path).toBeUndefined();
    expect(parseOptions(['--tcp', 'localhost:0', '--path', 'x']).path).toBe('x');
  });

  it('set the behaviour', () => {
    const args = ['--chunking', '--noise', '0.3', '--doubled', '0.1', '--seed', '7', '--silent'];
    expect(parseOptions([...args, '--rate-limit', '10', '--latency', '4'])).toMatchObject({
      seed: 7,
      serial: 'EMU00001',
      behaviour: {
        chunking: true,
        noise: 0.3,
        doubled: 0.1,
        silent: true,
        answersPerSecond: 10,
        latencyMs: 4,
      },
    });
    expect(parseOptions([]).behaviour?.answersPerSecond).toBe(Infinity);
    expect(parseOptions(['--numbered']).numbered).toBe(true);
    expect(parseOptions([]).numbered).toBe(false);
  });

  it.each([
    [['--serial', 'far too long']],
    [['--noise', '2']],
    [['--noise', '']],
    [['--tcp', 'nowhere']],
    [['--tcp', 'localhost:70000']],
    [['--unit', 'furlong']],
    [['--playback-then', 'explode']],
    [['--explode']],
    [['surplus']],
  ])('refuse %j with exit code 2', (args) => {
    expect(exitOf(args)).toBe('exit 2');
  });
});
