/** What may go wrong between a record and its acknowledgement. */
import type { Mutant } from './mutant.js';

export const acknowledging: readonly Mutant[] = [
  {
    name: 'no-sync-before-acknowledgement',
    breaks: 'what is acknowledged has been synced',
    scenarios: ['writer'],
    quick: true,
    patches: [
      {
        file: 'libs/storage/dist/buffer/append-file.js',
        find: 'await this.#file.datasync();',
        replace: '',
      },
    ],
  },
  {
    name: 'no-sync-of-a-new-segment',
    breaks: 'a new segment is synced before anything in it is acknowledged',
    scenarios: ['writer'],
    patches: [
      {
        file: 'libs/storage/dist/buffer/append-file.js',
        find: 'await this.#file.sync();',
        replace: '',
      },
    ],
  },
  {
    name: 'no-directory-sync',
    breaks: 'the name of a new file is synced before anything in it is acknowledged',
    scenarios: ['writer'],
    quick: true,
    patches: [
      {
        file: 'libs/storage/dist/buffer/file-system.js',
        find: 'syncDirectory: (path) => syncDirectory(path, platform),',
        replace: 'syncDirectory: () => Promise.resolve(),',
      },
    ],
  },
  {
    name: 'captures-directory-not-synced',
    breaks: 'the name of the captures directory itself is synced',
    scenarios: ['writer'],
    patches: [
      {
        file: 'libs/storage/dist/buffer/durable-directory.js',
        find: 'let parent = dirname(first); await fs.syncDirectory(parent);',
        replace: 'let parent = dirname(first);',
      },
    ],
  },
  {
    name: 'acknowledged-before-the-buffer',
    breaks: 'a record is in its buffer before it is acknowledged',
    scenarios: ['writer'],
    quick: true,
    patches: [
      {
        file: 'apps/writer/dist/group-commit.js',
        find: 'const ranges = await buffers.write(session, group);',
        replace: `for (const { entry } of group) acknowledge(session, session.ledger.settle(entry));
          const ranges = await buffers.write(session, group);`,
      },
    ],
  },
  {
    name: 'acknowledged-over-what-waits',
    breaks: 'an acknowledgement never passes over what is not durable yet',
    scenarios: ['poison'],
    patches: [
      {
        file: 'apps/writer/dist/ack-ledger.js',
        find: `entry.durable = true; let reached; while (this.#waiting[0]?.durable === true) {
          reached = this.#waiting.shift()?.last; }`,
        replace: 'entry.durable = true; let reached = entry.last;',
      },
    ],
  },
  {
    name: 'acknowledged-over-a-hole',
    breaks: 'a batch that does not join what the writer has is not acknowledged',
    scenarios: ['hole'],
    quick: true,
    patches: [
      {
        file: 'libs/protocol/dist/stream/received-session.js',
        find: "return { kind: 'gap' };",
        replace: '{ /* taken all the same */ }',
      },
    ],
  },
  {
    name: 'failed-sync-retried',
    breaks: 'a sync that has failed is final',
    scenarios: ['failed-sync'],
    quick: true,
    patches: [
      {
        file: 'libs/storage/dist/buffer/append-file.js',
        find: 'await this.#file.datasync();',
        replace: 'await this.#file.datasync().catch(() => this.#file.datasync());',
      },
    ],
  },
  {
    name: 'synchronous-normal',
    breaks: 'a commit has been synced when it returns',
    scenarios: ['captures-unusable'],
    quick: true,
    patches: [
      {
        file: 'libs/storage/dist/store/open-database.js',
        find: "db.pragma('synchronous = FULL');",
        replace: "db.pragma('synchronous = NORMAL');",
      },
      {
        file: 'libs/storage/dist/store/open-database.js',
        find: 'synchronous: 2,',
        replace: 'synchronous: 1,',
      },
    ],
  },
  {
    name: 'quarantine-not-synced',
    breaks: 'what is set aside is durable before it is acknowledged',
    scenarios: ['poison'],
    patches: [
      {
        file: 'libs/storage/dist/buffer/quarantine.js',
        find: 'await file.sync();',
        replace: '',
      },
    ],
  },
];
