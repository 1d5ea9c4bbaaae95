/** Light or dark: as the system says until somebody chooses; then that, also the next time. */
import { recall, remember } from './remember.js';
import { Topic } from './topic.js';

export type Theme = 'light' | 'dark';

/** Curves look at the colours again. */
export const themeTopic = new Topic();

const dark = matchMedia('(prefers-color-scheme: dark)');

export function themeNow(): Theme {
  const chosen = recall('theme');
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return dark.matches ? 'dark' : 'light';
}

export function chooseTheme(theme: Theme): void {
  remember('theme', theme);
  apply();
}

export function startTheme(): void {
  dark.addEventListener('change', apply);
  apply();
}

function apply(): void {
  document.documentElement.dataset['theme'] = themeNow();
  themeTopic.changed();
}
