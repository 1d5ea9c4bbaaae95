/** What may go wrong in the spool of acquisition. */
import type { Mutant } from './mutant.js';

export const keeping: readonly Mutant[] = [
  {
    name: 'sent-before-spooled',
    breaks: 'a record is in the spool before anybody hears of it',
    scenarios: ['spool'],
    quick: true,
    patches: [
      {
        file: 'libs/storage/dist/spool/spool-segment.js',
        find: 'const taken = this.#files.write(fd, lines, done, lines.length - done, start + done);',
        replace: `const from = done;
          const taken = lines.length - done;
          setTimeout(() => { if (this.#fd === fd) this.#files.write(fd, lines, from, taken, start + from); }, 30);`,
      },
    ],
  },
  {
    name: 'spool-never-synced',
    breaks: 'what waits for its acknowledgement is synced after a while',
    scenarios: ['spool'],
    patches: [
      {
        file: 'apps/acquisition/dist/outbox/spool-sync.js',
        find: 'await session.sync();',
        replace: 'await Promise.resolve();',
      },
    ],
  },
  {
    name: 'spool-name-not-synced',
    breaks: 'the name of a spool file is synced with it',
    scenarios: ['spool'],
    patches: [
      {
        file: 'libs/storage/dist/spool/spool-segment.js',
        find: 'await this.#files.syncDirectory(dirname(this.path));',
        replace: '',
      },
    ],
  },
  {
    name: 'spool-cut-too-early',
    breaks: 'the spool lets go only of what is acknowledged',
    scenarios: ['spool'],
    patches: [
      {
        file: 'apps/acquisition/dist/outbox/outbox.js',
        find: 'kept.release(all);',
        replace: 'kept.release(kept.last);',
      },
    ],
  },
];
