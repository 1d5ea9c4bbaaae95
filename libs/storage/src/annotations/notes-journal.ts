/**
 * The notes of a database, one line each, in `<database>.notes.jsonl` beside it. Readings can be had again from
 * archive and buffers when a database is lost; what a person wrote can not. A note is durable when it is here;
 * the database takes it from here, and each rebuild does so again.
 */
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unwritable, writeWhole } from '../buffer/append-file.js';
import { errorCode, nodeFileSystem, type FileSystem } from '../buffer/file-system.js';
import { makeDurableDirectory } from '../buffer/index.js';
import { annotationLine, readAnnotationLine, type Annotation } from './annotation.js';

export interface JournalContent {
  readonly annotations: readonly Annotation[];
  /** Lines that are none: a write that was cut, or a changed byte. They stay where they are. */
  readonly unreadable: number;
}

export class NotesJournal {
  readonly path: string;
  readonly #fs: FileSystem;

  constructor(databasePath: string, fs: FileSystem = nodeFileSystem()) {
    this.path = `${databasePath}.notes.jsonl`;
    this.#fs = fs;
  }

  /** Durable when it resolves. Throws StorageError `buffer_unwritable`. */
  async append(annotations: readonly Annotation[]): Promise<void> {
    if (annotations.length === 0) return;
    await makeDurableDirectory(dirname(this.path), this.#fs);
    try {
      const file = await open(this.path, 'a+');
      try {
        await belongsLike(file, dirname(this.path));
        const lines = annotations.map((annotation) => `${annotationLine(annotation)}\n`).join('');
        // Behind a write that was cut: what follows must not become part of it.
        const cut = await endsWithinALine(file);
        await writeWhole(file, Buffer.from(`${cut ? '\n' : ''}${lines}`), null);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#fs.syncDirectory(dirname(this.path));
    } catch (error) {
      throw unwritable(this.path, 'cannot take a note', error);
    }
  }

  /** Those whose names are not in it yet; how many those were. Otherwise as `append`. */
  async appendNew(annotations: readonly Annotation[]): Promise<number> {
    const known = new Set((await this.read()).annotations.map(({ uid }) => uid));
    const news = annotations.filter(({ uid }) => !known.has(uid));
    await this.append(news);
    return news.length;
  }

  /** Without a journal there is nothing in it. */
  async read(): Promise<JournalContent> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return { annotations: [], unreadable: 0 };
      throw error;
    }
    const lines = text.split('\n').filter((line) => line !== '');
    const read = lines.map(readAnnotationLine);
    const annotations = read.filter((annotation) => annotation !== undefined);
    return { annotations, unreadable: lines.length - annotations.length };
  }
}

/** Made by root, it is for the user whose directory it lies in: the services have to read it, and add to it. */
async function belongsLike(file: FileHandle, directory: string): Promise<void> {
  const { size, uid, gid } = await file.stat();
  const owner = await stat(directory);
  if (size > 0 || uid !== ROOT || (owner.uid === uid && owner.gid === gid)) return;
  await file.chown(owner.uid, owner.gid);
}

const ROOT = 0;

async function endsWithinALine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}
