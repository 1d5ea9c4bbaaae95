import { describe, expect, it } from 'vitest';
import { parseCommandLine, usage } from './command-line.js';

const options = {
  'dry-run': { type: 'flag', help: 'changes nothing' },
  only: { type: 'text', help: 'one session' },
} as const;

describe('the command line', () => {
  it('needs nothing', () => {
    expect(parseCommandLine([], options)).toEqual({
      help: false,
      config: 'config/app.toml',
      options: { 'dry-run': false, only: undefined },
    });
  });

  it.each([[['--config', 'a.toml']], [['--config=a.toml']]])(
    '%j names the configuration',
    (args) => {
      expect(parseCommandLine(args, {}).config).toBe('a.toml');
    },
  );

  it('has the options that the process names', () => {
    const given = parseCommandLine(['--dry-run', '--only', 'x', '-h'], options);
    expect(given).toMatchObject({ help: true, options: { 'dry-run': true, only: 'x' } });
  });

  it.each([
    [['--confg', 'x']],
    [['x']],
    [['--config']],
    [['--config', '--help']],
    [['--help=1']],
    [['-c', 'x']],
  ])('%j is not understood', (args) => {
    expect(() => parseCommandLine(args, {})).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('explains every option', () => {
    const text = usage({ name: 'recovery', summary: 'Replays.' }, options);
    for (const word of [
      'recovery',
      'Replays.',
      '--config',
      '--help',
      '--dry-run',
      '--only VALUE',
      'changes nothing',
    ])
      expect(text).toContain(word);
  });
});
