import { describe, expect, it } from 'vitest';
import { applyPatch } from './apply-patch.js';

const patch = (find: string, replace = 'new') => ({ file: 'dist/a.js', find, replace });

describe('a patch', () => {
  it('replaces what it finds, however that is indented and wrapped', () => {
    const text = 'a();\n    if (x)\n        b(1, 2);\nc();\n';
    expect(applyPatch(text, patch('if (x) b(1, 2);'))).toBe('a();\n    new\nc();\n');
  });

  it('takes what it finds and puts word by word', () => {
    expect(applyPatch('f(a.b[0]); f(aXb[0]);', patch('f(a.b[0]);', '$& $1'))).toBe(
      '$& $1 f(aXb[0]);',
    );
  });

  it.each([
    ['is not there', 'x();', 'nothing like'],
    ['is there twice', 'f(); f();', '2 times'],
  ])('does not fit when what it looks for %s', (_, text, word) => {
    const fit = (): string => applyPatch(text, patch('f();'));
    expect(fit).toThrow(expect.objectContaining({ code: 'patch_does_not_fit' }));
    expect(fit).toThrow(word);
  });
});
