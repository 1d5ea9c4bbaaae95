import { expect, test } from 'vitest';
import { figureList, uncommittedIn } from './figure-words.js';

test('nested figures become lines', () => {
  expect(
    figureList({
      run: 'r1',
      buffer: { active: true, last_sync: null },
      sources: [{ endpoint: 'tcp://a' }],
      lanes: [],
      ports: [1, 2],
    }),
  ).toEqual([
    { name: 'run', text: 'r1' },
    { name: 'buffer › active', text: 'yes' },
    { name: 'buffer › last sync', text: '—' },
    { name: 'sources › 1 › endpoint', text: 'tcp://a' },
    { name: 'lanes', text: 'none' },
    { name: 'ports', text: '1, 2' },
  ]);
});

test('what no page could show is cut', () => {
  expect(figureList({ many: Array.from({ length: 999 }, (_, i) => ({ i })) })).toHaveLength(200);
});

test('what is not committed yet is counted over the databases', () => {
  expect(uncommittedIn({ databases: { real: { uncommitted: 2 }, demo: { uncommitted: 3 } } })).toBe(
    5,
  );
  expect(uncommittedIn({ databases: {} })).toBeNull();
  expect(uncommittedIn({ databases: 'none' })).toBeNull();
});
