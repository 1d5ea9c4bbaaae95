/** What may go wrong when a recovery brings back what a crash left. */
import type { Mutant } from './mutant.js';

export const recovering: readonly Mutant[] = [
  {
    name: 'replay-without-key',
    breaks: 'a record that is in the database already is known by its key',
    scenarios: ['writer'],
    quick: true,
    patches: [
      {
        file: 'libs/storage/dist/store/batch-commit.js',
        find: "case 'same': this.#replayed++; break;",
        replace:
          "case 'same': this.#insert(session, { ...record, seq: session.lastSeq + 1 }, false); break;",
      },
    ],
  },
  {
    name: 'recovery-removes-before-checkpoint',
    breaks: 'recovery removes a buffer only after its records are in the main file of the database',
    scenarios: ['recovery'],
    patches: [
      {
        file: 'libs/storage/dist/recovery/settle-buffer.js',
        find: 'if (!(await context.patience.untilTrue(checkpoint))) {',
        replace: 'if (checkpoint === undefined) {',
      },
    ],
  },
  {
    name: 'recovery-drops-what-is-damaged',
    breaks: 'a damaged line is set aside before its buffer goes',
    scenarios: ['recovery'],
    patches: [
      {
        file: 'libs/storage/dist/recovery/segment-replay.js',
        find: 'else this.setAside.line(offset, bytes, reason);',
        replace: '',
      },
    ],
  },
  {
    name: 'rebuild-not-noted',
    breaks: 'that a rebuild is owed is durable before the damaged database is moved',
    scenarios: ['rebuild'],
    patches: [
      {
        file: 'libs/storage/dist/recovery/database/repair-database.js',
        find: 'await this.#owe(why); this.#report.set_aside = await moveAside(',
        replace: 'this.#owed = why; this.#report.set_aside = await moveAside(',
      },
      {
        file: 'libs/storage/dist/recovery/database/owed-rebuild.js',
        find: 'await fs.unlink(noteOf(databasePath));',
        replace: 'await fs.unlink(noteOf(databasePath)).catch(() => undefined);',
      },
    ],
  },
];
