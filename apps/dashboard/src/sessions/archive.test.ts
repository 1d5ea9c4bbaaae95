import { silentLog } from '@elmetron/protocol';
import { StorageError, type LoggedSession, type SessionFilter } from '@elmetron/storage';
import { describe, expect, it } from 'vitest';
import type { DatabaseReader } from '../databases/reader.js';
import { fakeDatabase, madeSession } from '../testing/fake-reader.js';
import { BEGAN } from '../testing/owned-clock.js';
import { Archive } from './archive.js';

const started = (uid: string, minute: number | null, of: Partial<LoggedSession> = {}) =>
  madeSession(uid, {
    started_at: minute === null ? null : new Date(BEGAN + 60_000 * minute).toISOString(),
    ...of,
  });

/** Lists sessions as the real reader does: the latest first, those without a beginning last. */
function listing(
  all: readonly LoggedSession[],
  asked: SessionFilter[] = [],
): Partial<DatabaseReader> {
  const key = ({ started_at, session_uid }: LoggedSession) => `${started_at ?? ''} ${session_uid}`;
  return {
    sessions: async (filter?: SessionFilter) => {
      if (filter !== undefined) asked.push(filter);
      const { before, limit } = filter ?? {};
      const limitKey = before && `${before.startedAt ?? ''} ${before.uid}`;
      return [...all]
        .sort((a, b) => (key(a) < key(b) ? 1 : -1))
        .filter((session) => limitKey === undefined || key(session) < limitKey)
        .slice(0, limit);
    },
    session: async (uid) => all.find(({ session_uid }) => session_uid === uid),
  };
}

function archive(real: Partial<DatabaseReader>, demo: Partial<DatabaseReader> = {}) {
  return new Archive(
    [
      fakeDatabase({ path: 'real', emulated: false }, real),
      fakeDatabase({ path: 'demo', emulated: true }, demo),
    ],
    silentLog,
  );
}

const uids = ({ sessions }: { readonly sessions: readonly { readonly session_uid: string }[] }) =>
  sessions.map(({ session_uid }) => session_uid);

describe('the list', () => {
  it('is of all databases, the latest first, page by page, each session once', async () => {
    const real = [started('a', 1), started('c', 3), started('e', 5), started('z', null)];
    const demo = [started('b', 2), started('d', 4), started('f', 5), started('c', 3)];
    const all = archive(listing(real), listing(demo));
    const seen: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const page = await all.sessions({ limit: 2, ...(after === undefined ? {} : { after }) });
      seen.push(...uids(page));
      if (page.next === null) break;
      expect(page.sessions).toHaveLength(2);
      after = page.next;
    }
    expect(seen).toEqual(['f', 'e', 'd', 'c', 'b', 'a', 'z']);
  });

  it('says what is of emulated meters, and can leave either out', async () => {
    const all = archive(listing([started('a', 1)]), listing([started('b', 2)]));
    expect((await all.sessions({ limit: 9 })).sessions).toMatchObject([
      { session_uid: 'b', emulated: true },
      { session_uid: 'a', emulated: false },
    ]);
    expect(uids(await all.sessions({ limit: 9, emulated: 'true' }))).toEqual(['b']);
    expect(uids(await all.sessions({ limit: 9, emulated: 'false' }))).toEqual(['a']);
  });

  it('searches in the database', async () => {
    const asked: SessionFilter[] = [];
    const all = archive(listing([], asked));
    await all.sessions({ limit: 9, search: ' buffer 7 ' });
    await all.sessions({ limit: 9, search: '  ' });
    await all.sessions({ limit: 9, source: 'bench-1' });
    expect(asked).toEqual([
      { limit: 10, text: 'buffer 7' },
      { limit: 10 },
      { limit: 10, source: 'bench-1' },
    ]);
  });

  it('without a database is empty', async () => {
    expect(await archive({}).sessions({ limit: 9 })).toEqual({
      sessions: [],
      next: null,
      problems: [],
    });
  });

  it('names a database that cannot be read, and has those of the others', async () => {
    const damaged = new StorageError('store_damaged', 'real is damaged');
    const sessions = () => Promise.reject(damaged);
    const page = await archive({ sessions }, listing([started('b', 2)])).sessions({ limit: 9 });
    expect([uids(page), page.problems]).toEqual([['b'], ['real is damaged']]);
  });

  it.each(['', 'x', Buffer.from('[1,2]').toString('base64url'), 'W10'])(
    'a place that it did not give is refused: %j',
    async (after) => {
      await expect(archive({}).sessions({ limit: 9, after })).rejects.toMatchObject({
        code: 'bad_request',
      });
    },
  );
});

describe('one session', () => {
  const detail = (of: Partial<DatabaseReader> = {}): Partial<DatabaseReader> => ({
    ...listing([started('a', 1)]),
    extent: async () => ({ first: BEGAN, last: BEGAN + 9 }),
    metadata: async () => ({ operator: 'Ada' }),
    events: async () => [],
    annotations: async () => [],
    ...of,
  });

  it('is found in whatever database it lies', async () => {
    const found = await archive({}, detail()).session('a');
    expect(found).toMatchObject({
      session: { session_uid: 'a', emulated: true },
      first: BEGAN,
      last: BEGAN + 9,
      metadata: { operator: 'Ada' },
      marks: [],
    });
  });

  it('without readings has no extent', async () => {
    const found = await archive(detail({ extent: async () => undefined })).session('a');
    expect([found.first, found.last]).toEqual([null, null]);
  });

  it('that is nowhere is said to be', async () => {
    await expect(archive(detail()).session('b')).rejects.toMatchObject({
      code: 'session_not_found',
    });
  });

  it('that may lie where nothing can be read is not said to be nowhere', async () => {
    const locked = new StorageError('store_locked', 'held');
    const all = archive({ session: () => Promise.reject(locked) }, detail());
    await expect(all.session('b')).rejects.toBe(locked);
    expect((await all.session('a')).session.session_uid).toBe('a');
  });

  it('asks once more when the thread has died', async () => {
    let tries = 0;
    const session = async (uid: string) => {
      if (++tries === 1) throw new StorageError('store_stopped', 'died');
      return started(uid, 1);
    };
    expect((await archive(detail({ session })).find('a')).session.session_uid).toBe('a');
    expect(tries).toBe(2);
  });
});

describe('a question that takes long', () => {
  const slow = () => {
    const asked: object[] = [];
    let answer: () => void = () => undefined;
    const curve: DatabaseReader['curve'] = (_, request) => {
      asked.push(request);
      return new Promise((resolve) => {
        const made = { from: 0, to: 1, readings: 0, bucketMs: 0, values: [], temperatures: [] };
        answer = () => resolve({ ...made, leftOut: 0 });
      });
    };
    const all = archive({ ...listing([started('a', 1)]), curve });
    return { all, asked, answer: () => answer() };
  };
  const soon = () => new Promise((resolve) => setTimeout(resolve, 10));

  it('is asked once for all who ask the same', async () => {
    const { all, asked, answer } = slow();
    const curves = [1, 2, 3].map(() => all.curve('a', { points: 100 }));
    await soon();
    expect(asked).toEqual([{ points: 100 }]);
    answer();
    expect(await Promise.all(curves)).toHaveLength(3);
  });

  it('is not asked for those who have gone', async () => {
    const { all, asked, answer } = slow();
    const first = all.curve('a', { points: 100 });
    await soon();
    const leaving = new AbortController();
    const other = all.curve('a', { from: 5, points: 100 }, leaving.signal);
    await soon();
    leaving.abort();
    await expect(other).rejects.toMatchObject({ code: 'gone' });
    const last = all.curve('a', { from: 7, points: 100 });
    await soon();
    answer();
    await first;
    await soon();
    expect(asked).toEqual([{ points: 100 }, { from: 7, points: 100 }]);
    answer();
    await last;
  });
});
