import { describe, expect, it } from 'vitest';
import { Disk, type Pending } from './disk.js';
import { everything, imageOf } from './image.js';
import { outcomesOf, type OutcomeKind } from './outcomes.js';

/** A file with the name and `content` synced. */
function settled(disk: Disk, path: string, content: string): number {
  const { node } = disk.create(path, false);
  disk.write(node, 0, Buffer.from(content));
  for (const change of disk.running) disk.returned(change);
  disk.endSync(disk.beginSync(node), true);
  disk.endSync(disk.beginSync(0), true);
  return node;
}

/** What is found in each outcome of a kind: `a=content b=…`. */
function found(disk: Disk, kind: OutcomeKind): string[] {
  return [...outcomesOf(disk)]
    .filter((one) => one.kind === kind)
    .map(({ outcome }) => show(disk, outcome));
}

function show(disk: Disk, outcome = everything): string {
  const { files } = imageOf(disk, outcome);
  return files
    .map(({ path, content }) => `${path}=${content().toString().replaceAll('\0', '.')}`)
    .join(' ');
}

const done = (disk: Disk, change: Pending): void => {
  disk.returned(change);
};

describe('what was synced', () => {
  it('is there in every outcome', () => {
    const disk = new Disk();
    settled(disk, 'a', 'one');
    expect([...outcomesOf(disk)].map(({ kind }) => kind)).toEqual(['only synced']);
    expect(found(disk, 'only synced')).toEqual(['a=one']);
  });

  it('needs a synced directory to have a name', () => {
    const disk = new Disk();
    const { node, change } = disk.create('a', false);
    done(disk, change);
    done(disk, disk.write(node, 0, Buffer.from('one')));
    disk.endSync(disk.beginSync(node), true);
    expect(found(disk, 'only synced')).toEqual(['']);
    disk.endSync(disk.beginSync(0), true);
    expect(found(disk, 'only synced')).toEqual(['a=one']);
  });

  it('needs every directory above it to have one', () => {
    const disk = new Disk();
    const { node: directory, change } = disk.create('d', true);
    done(disk, change);
    const { node, change: made } = disk.create('d/a', false);
    done(disk, made);
    disk.endSync(disk.beginSync(node), true);
    disk.endSync(disk.beginSync(directory), true);
    expect(found(disk, 'only synced')).toEqual(['']);
    disk.endSync(disk.beginSync(0), true);
    expect(found(disk, 'only synced')).toEqual(['d/a=']);
  });

  it('is only what had ended when the sync began', () => {
    const disk = new Disk();
    const node = settled(disk, 'a', 'one');
    done(disk, disk.write(node, 3, Buffer.from('+')));
    const running = disk.write(node, 4, Buffer.from('-'));
    const sync = disk.beginSync(node);
    done(disk, running);
    done(disk, disk.write(node, 5, Buffer.from('!')));
    expect(found(disk, 'only synced')).toEqual(['a=one']);
    disk.endSync(sync, true);
    expect(found(disk, 'only synced')).toEqual(['a=one+']);
  });

  it('is nothing when the sync failed, and no later sync makes it so', () => {
    const disk = new Disk();
    const node = settled(disk, 'a', 'one');
    done(disk, disk.write(node, 3, Buffer.from('+')));
    disk.endSync(disk.beginSync(node), false);
    done(disk, disk.write(node, 4, Buffer.from('-')));
    disk.endSync(disk.beginSync(node), true);
    expect(found(disk, 'only synced')).toEqual(['a=one.-']);
    expect(show(disk)).toBe('a=one+-');
  });
});

describe('of what is pending', () => {
  const three = (): Disk => {
    const disk = new Disk();
    const node = settled(disk, 'a', '');
    for (const [at, bytes] of ['x', 'y', 'z'].entries()) {
      done(disk, disk.write(node, at, Buffer.from(bytes)));
    }
    return disk;
  };

  it('all may be there, as after a kill', () => {
    expect(found(three(), 'all pending')).toEqual(['a=xyz']);
  });

  it('each prefix may be there', () => {
    expect(found(three(), 'prefix')).toEqual(['a=x', 'a=xy']);
  });

  it('each one may be missing, and each may be alone', () => {
    expect(found(three(), 'one dropped')).toEqual(['a=.yz', 'a=x.z', 'a=xy']);
    expect(found(three(), 'one alone')).toEqual(['a=x', 'a=.y', 'a=..z']);
  });

  it('lengths and data come apart', () => {
    expect(found(three(), 'length without data')).toEqual(['a=...']);
    expect(found(three(), 'data without length')).toEqual(['a=']);
  });

  it('a name may be missing, and a removal not be done', () => {
    const disk = new Disk();
    settled(disk, 'old', '1');
    done(disk, disk.create('new', false).change);
    done(disk, disk.unlink('old'));
    expect(found(disk, 'name missing')).toEqual(['']);
    expect(found(disk, 'one dropped')).toEqual(['new= old=1']);
  });

  it('a rename is done or not, never half', () => {
    const disk = new Disk();
    settled(disk, 'a', '1');
    settled(disk, 'b', '2');
    done(disk, disk.rename('a', 'b'));
    expect(found(disk, 'only synced')).toEqual(['a=1 b=2']);
    expect(found(disk, 'all pending')).toEqual(['b=1']);
  });

  it('a cut may be missing: what it took is there again', () => {
    const disk = new Disk();
    const node = settled(disk, 'a', 'long');
    done(disk, disk.setLength(node, 1));
    expect(found(disk, 'only synced')).toEqual(['a=long']);
    expect(found(disk, 'all pending')).toEqual(['a=l']);
  });
});

describe('the last write', () => {
  it('may be torn at a byte', () => {
    const disk = new Disk();
    const node = settled(disk, 'a', 'one');
    disk.write(node, 3, Buffer.from('twothree'));
    expect(found(disk, 'torn write')).toEqual(['a=onet', 'a=onetwot', 'a=onetwothre']);
    expect(found(disk, 'zeroed write')).toEqual(['a=one........']);
  });

  it('may be torn at its sectors, in any order', () => {
    const disk = new Disk();
    const node = settled(disk, 'a', '-'.repeat(500));
    disk.write(node, 500, Buffer.alloc(1_100, 'x'));
    const lengths = found(disk, 'torn write').map((content) => content.slice(2));
    // The first sector ends at 512, the last one begins at 1536.
    expect(lengths).toContain('-'.repeat(500) + 'x'.repeat(12));
    expect(lengths).toContain('-'.repeat(500) + 'x'.repeat(12) + '.'.repeat(1_088));
    expect(lengths).toContain('-'.repeat(500) + '.'.repeat(12) + 'x'.repeat(1_088));
    expect(lengths).toContain('-'.repeat(500) + 'x'.repeat(1_036) + '.'.repeat(64));
  });
});

it('a reset disk holds what it is given, all of it certain', () => {
  const disk = new Disk();
  settled(disk, 'gone', '1');
  disk.reset(
    new Map([
      ['d/', Buffer.alloc(0)],
      ['d/a', Buffer.from('2')],
    ]),
  );
  expect(found(disk, 'only synced')).toEqual(['d/a=2']);
  expect(disk.pending).toEqual([]);
});
