import { MutantsError } from './mutants-error.js';
import type { Patch } from './mutant.js';

/** The text with the patch done. Throws MutantsError `patch_does_not_fit`. */
export function applyPatch(text: string, { file, find, replace }: Patch): string {
  const found = [...text.matchAll(new RegExp(patternOf(find), 'g'))];
  const [match] = found;
  if (match === undefined || found.length > 1) {
    throw new MutantsError(
      'patch_does_not_fit',
      `${file} holds ${found.length === 0 ? 'nothing like' : `${found.length} times`} "${find.trim()}"; it has to be there exactly once. The code has changed: look what the mutant is to break, and write its patch anew.`,
    );
  }
  return text.slice(0, match.index) + replace + text.slice(match.index + match[0].length);
}

/** The compiler indents and wraps as it likes: any white space stands for any other. */
function patternOf(find: string): string {
  const words = find.trim().split(/\s+/);
  return words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+');
}
