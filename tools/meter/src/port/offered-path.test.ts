import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../testing/temporary-folder.js';
import { offer, withdraw } from './offered-path.js';

const folder = temporaryFolders();

describe('offered path', () => {
  it('is made with its folders, replaced, and removed', () => {
    const path = join(folder(), 'deep', 'down', 'meter');
    offer(path, '/dev/pts/901');
    offer(path, '/dev/pts/902');
    expect(readlinkSync(path)).toBe('/dev/pts/902');
    expect(readdirSync(join(path, '..'))).toEqual(['meter']);
    withdraw(path, '/dev/pts/902');
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('replaces a link that leads nowhere any more', () => {
    const path = join(folder(), 'meter');
    symlinkSync('/nowhere/at/all', path);
    offer(path, '/dev/pts/901');
    expect(readlinkSync(path)).toBe('/dev/pts/901');
  });

  it('leaves alone what is no link, and what another meter put there', () => {
    const path = join(folder(), 'meter');
    writeFileSync(path, 'precious');
    expect(() => offer(path, '/dev/pts/901')).toThrow(
      expect.objectContaining({ code: 'path_taken' }),
    );
    expect(readFileSync(path, 'utf8')).toBe('precious');

    const other = join(folder(), 'meter');
    offer(other, '/dev/pts/902');
    withdraw(other, '/dev/pts/901');
    expect(readlinkSync(other)).toBe('/dev/pts/902');
  });

  it('says when it cannot be made', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(() => offer(join(file, 'meter'), '/dev/pts/901')).toThrow(
      expect.objectContaining({ code: 'no_terminal' }),
    );
    expect(existsSync(join(file, 'meter'))).toBe(false);
  });

  it('may be gone already', () => {
    withdraw(join(folder(), 'meter'), '/dev/pts/901');
  });
});
