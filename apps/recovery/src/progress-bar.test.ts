import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progressBar, type Screen } from './progress-bar.js';

/** Shows two steps on a screen and resolves to all that was written. */
function shown(isTTY: boolean, env: NodeJS.ProcessEnv): string {
  const stream: Screen['stream'] & PassThrough = Object.assign(new PassThrough(), {
    isTTY,
    columns: 120,
    // What the bar asks of a terminal.
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
  });
  const bar = progressBar({ stream, env });
  bar.show({ path: 'captures/x_buffer.jsonl', bytes: 1, totalBytes: 4 });
  bar.show({ path: 'captures/x_buffer.jsonl', bytes: 4, totalBytes: 4 });
  bar.end();
  return String(stream.read() ?? '');
}

describe('the progress bar', () => {
  it('shows share and buffer on a terminal', () => {
    const text = shown(true, {});
    expect(text).toContain('25%');
    expect(text).toContain('x_buffer.jsonl');
    expect(text).toContain('\u001b[36m');
  });

  it('has no colours when they are not wanted', () => {
    expect(shown(true, { NO_COLOR: '1' })).toContain('25%');
    expect(shown(true, { NO_COLOR: '1' })).not.toContain('\u001b[36m');
  });

  it('writes nothing anywhere else', () => {
    expect(shown(false, {})).toBe('');
    expect(shown(true, { TERM: 'dumb' })).toBe('');
  });
});
