/** The spool's calls on the model of a disk, whose power a test can cut. */
import { failure, type DiskModel, type ModelFile } from '../../buffer/testing/disk-model.js';
import type { SpoolFiles } from '../spool-files.js';

export function modelFiles(disk: DiskModel): SpoolFiles {
  const files = new Map<number, ModelFile>();
  let next = 100;
  const at = (fd: number): ModelFile => {
    const file = files.get(fd);
    if (!file) throw failure('EBADF', String(fd));
    return file;
  };
  return {
    open: (path, flags) => {
      files.set(next, disk.openNow(path, flags));
      return next++;
    },
    write: (fd, ...args) => at(fd).write(...args),
    read: (fd, ...args) => at(fd).read(...args),
    truncate: (fd, length) => at(fd).truncate(length),
    close: (fd) => void files.delete(fd),
    unlink: (path) => disk.unlinkNow(path),
    sync: async (fd) => at(fd).sync('sync'),
    datasync: async (fd) => at(fd).sync('datasync'),
    syncDirectory: (path) => disk.syncDirectory(path),
  };
}
