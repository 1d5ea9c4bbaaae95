/**
 * Brings the notes of people into a database: those of its journal, and before that, into the journal,
 * those that only a database set aside has. Done again it changes nothing more.
 */
import { NotesJournal } from '../../annotations/notes-journal.js';
import { DatabaseReader, isDamagedPlace, salvagedAnnotations } from '../../store/index.js';
import { isAnnotation, type Annotation } from '../../annotations/annotation.js';
import { sentence } from '../failure.js';
import { inStore, type RecoveryContext } from '../recovery-context.js';

/** Resolves to what could not be read. */
export async function salvageNotes(
  aside: string,
  databasePath: string,
  context: RecoveryContext,
): Promise<readonly string[]> {
  const { found, unreadable } = notesIn(aside);
  await new NotesJournal(databasePath, context.fs).appendNew(found);
  return unreadable;
}

/** Of sessions that are not in the database they stay in the journal alone. */
export async function bringNotes(
  databasePath: string,
  emulated: boolean,
  context: Pick<RecoveryContext, 'stores' | 'patience' | 'log' | 'fs'>,
): Promise<void> {
  const journal = new NotesJournal(databasePath, context.fs);
  const { annotations, unreadable } = await journal.read();
  if (unreadable > 0) {
    context.log.warn(
      { path: journal.path, lines: unreadable },
      'Lines of the journal of notes are not what was written; they stay in it',
    );
  }
  if (annotations.length === 0) return;
  await inStore(context, emulated, (store) => store.annotate(annotations));
}

function notesIn(aside: string): {
  readonly found: readonly Annotation[];
  readonly unreadable: readonly string[];
} {
  const found: Annotation[] = [];
  const unreadable: string[] = [];
  try {
    DatabaseReader.using(aside, (reader) => {
      for (const annotation of salvagedAnnotations(reader)) {
        // One that no journal can hold must not keep out the others, and the rebuild from its end.
        if (isAnnotation(annotation)) found.push(annotation);
        else unreadable.push(`a note of session ${annotation.session}: its row is no note`);
      }
    });
  } catch (error) {
    if (!isDamagedPlace(error)) throw error;
    unreadable.push(`the notes of people: ${sentence(error)}`);
  }
  return { found, unreadable };
}
