import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { eventLines, startLine } from '../../buffer/testing/lines.js';
import { archiveSaysEmulated } from './archived-buffers.js';

const dir = mkdtempSync(join(tmpdir(), 'archive-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

const withStart = Buffer.concat([startLine(), Buffer.from('\n'), eventLines(1, 5)]);
const withoutAWord = eventLines(1, 5);
// What compresses badly, so that the archive is longer than what is looked at.
const large = eventLines(1, 20_000, '0199f0c4-5a17-7d3e-9b61-2f8a4c90de17');

describe('an archive says whose it is', () => {
  it.each([
    ['with a start line', gzipSync(withStart), true],
    ['whole, without a word: real', gzipSync(withoutAWord), false],
    ['cut short before a word', gzipSync(withoutAWord).subarray(0, -12), undefined],
    ['cut short behind the word', gzipSync(withStart, { level: 0 }).subarray(0, -12), true],
    ['empty', Buffer.alloc(0), undefined],
    ['zeros', Buffer.alloc(5000), undefined],
    ['longer than what is read, without a word', gzipSync(large, { level: 0 }), undefined],
  ])('%s', async (what, archive, says) => {
    const path = join(dir, `${what}.gz`);
    writeFileSync(path, archive);
    expect(await archiveSaysEmulated(path)).toBe(says);
  });
});
