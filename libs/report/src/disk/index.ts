export { databaseSize, filesIn, fileSize, type FilesIn } from './file-sizes.js';
export { freeSpace, nearest, type DiskSpace } from './free-space.js';
