export type { Annotation } from './annotation.js';
export {
  annotate,
  bringJournal,
  type Annotated,
  type AnnotateOptions,
  type Said,
} from './annotate.js';
export { NotesJournal, type JournalContent } from './notes-journal.js';
