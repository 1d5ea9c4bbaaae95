/** What may go wrong when a segment goes. */
import type { Mutant } from './mutant.js';

export const removing: readonly Mutant[] = [
  {
    name: 'unlink-before-commit',
    breaks: 'a segment goes only after its records are committed',
    scenarios: ['writer'],
    quick: true,
    patches: [
      {
        file: 'apps/writer/dist/committer.js',
        find: 'const now = next ?? commitOf(store, await backlog.take(batchBytes));',
        replace: `const taken = next === undefined ? await backlog.take(batchBytes) : undefined;
          if (taken !== undefined) {
            taken.done();
            await settled(store);
          }
          const now = next ?? commitOf(store, taken);`,
      },
      {
        file: 'apps/writer/dist/committer.js',
        find: 'piece.done(); this.#committed += piece.records;',
        replace: 'this.#committed += piece.records;',
      },
    ],
  },
  {
    name: 'removed-before-checkpoint',
    breaks: 'a segment goes only after its records are in the main file of the database',
    scenarios: ['writer'],
    quick: true,
    patches: [
      {
        file: 'apps/writer/dist/database-lane.js',
        find: 'if (!(await store.checkpoint())) {',
        replace: 'if (false) {',
      },
    ],
  },
  {
    name: 'archive-not-synced',
    breaks: 'an archive is durable before its segment goes',
    scenarios: ['archive'],
    patches: [
      {
        file: 'libs/storage/dist/buffer/compressed-copy.js',
        find: 'await to.sync();',
        replace: '',
      },
    ],
  },
  {
    name: 'archive-name-not-synced',
    breaks: 'the name of an archive is durable before its segment goes',
    scenarios: ['archive'],
    patches: [
      {
        file: 'libs/storage/dist/buffer/archive.js',
        find: 'await fs.syncDirectory(directory);',
        replace: '',
      },
    ],
  },
  {
    name: 'unlink-before-archive',
    breaks: 'a segment is archived before it goes',
    scenarios: ['archive'],
    patches: [
      {
        file: 'libs/storage/dist/buffer/removal.js',
        find: 'await archiveSegment(path, archiveDir, fs, begun);',
        replace: `const kept = await fs.open(path, 'r');
          await fs.unlink(path);
          await kept.close();`,
      },
    ],
  },
];
