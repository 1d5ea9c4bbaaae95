/** What a health page says, name by name, as lines that a person can read. */
import { NOTHING } from '../app/format.js';

export interface Figure {
  readonly name: string;
  readonly text: string;
}

const MOST = 200;

/** Nested names are joined: `buffer › bytes`. */
export function figureList(figures: Readonly<Record<string, unknown>>): Figure[] {
  const found: Figure[] = [];
  const walk = (name: string, value: unknown): void => {
    if (found.length >= MOST) return;
    if (Array.isArray(value)) {
      if (value.length === 0) found.push({ name, text: 'none' });
      else if (value.every((one) => typeof one !== 'object'))
        found.push({ name, text: value.map(String).join(', ') });
      else for (const [i, one] of value.entries()) walk(`${name} › ${i + 1}`, one);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value))
        walk(name === '' ? spoken(key) : `${name} › ${spoken(key)}`, inner);
    } else {
      found.push({ name, text: textOf(value) });
    }
  };
  walk('', figures);
  return found;
}

const spoken = (key: string): string => key.replaceAll('_', ' ');

function textOf(value: unknown): string {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/** Records that wait for the writer's databases; null: it does not say. */
export function uncommittedIn(figures: Readonly<Record<string, unknown>>): number | null {
  const databases = figures['databases'];
  if (typeof databases !== 'object' || databases === null) return null;
  const counts = Object.values(databases).map((database: unknown) =>
    typeof database === 'object' && database !== null && 'uncommitted' in database
      ? database.uncommitted
      : null,
  );
  const known = counts.filter((count) => typeof count === 'number');
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}
