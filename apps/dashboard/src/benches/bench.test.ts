import { RuntimeError, type Config } from '@elmetron/runtime';
import { expect, it } from 'vitest';
import { madeConfig } from '../testing/made-config.js';
import { benchesOf, suffixOf } from './bench.js';

const own = (benches: readonly string[]): Config => ({
  ...madeConfig(`[dashboard]\nbenches = ${JSON.stringify(benches)}`),
  appPath: '/lab/config/app.toml',
});

const named = (source: string) => (appPath: string) => ({
  ...madeConfig(`[acquisition]\nsource = "${source}"`),
  appPath,
});

it('is the own configuration, and those that it names, beside it', () => {
  const asked: string[] = [];
  const benches = benchesOf(own(['bench-2.toml', '/other/bench-3.toml']), (path) => {
    asked.push(path);
    return named(`source-of-${path}`.replace(/.*\//, '').replace('.toml', ''))(path);
  });
  expect(asked).toEqual(['/lab/config/bench-2.toml', '/other/bench-3.toml']);
  expect(benches.map(({ name, source }) => [name, source])).toEqual([
    ['app', 'bench-1'],
    ['bench-2', 'bench-2'],
    ['bench-3', 'bench-3'],
  ]);
  expect(benches[0]?.pollIntervalMs).toBe(800);
});

it('two with one source are refused, with both files', () => {
  expect(() => benchesOf(own(['bench-2.toml']), named('bench-1'))).toThrow(
    expect.objectContaining({
      code: 'benches_clash',
      message: expect.stringMatching(
        /config\/app\.toml.*config\/bench-2\.toml.*"bench-1"/,
      ) as string,
    }),
  );
});

it('two of one name are refused: their logs would be one', () => {
  expect(() => benchesOf(own(['other/app.toml']), named('bench-2'))).toThrow(
    expect.objectContaining({ code: 'benches_clash' }),
  );
});

it('a database for real meters in one and for emulated ones in the other is refused', () => {
  const other = (path: string) => (appPath: string) => ({
    ...madeConfig(`[acquisition]\nsource = "b"\n[storage]\n${path}`),
    appPath,
  });
  for (const path of [
    'database_path = "data/demo/elmetron.sqlite"\ndemo_database_path = "data/x.sqlite"',
    'database_path = "data/x.sqlite"\ndemo_database_path = "data/../data/elmetron.sqlite"',
  ]) {
    expect(() => benchesOf(own(['bench-2.toml']), other(path))).toThrow(
      expect.objectContaining({
        code: 'benches_clash',
        message: expect.stringContaining('emulated') as string,
      }),
    );
  }
  expect(benchesOf(own(['bench-2.toml']), other('archive_days = 7'))).toHaveLength(2);
});

it('one that is none says so by itself', () => {
  expect(() => benchesOf(own(['missing.toml']))).toThrow(RuntimeError);
});

it('processes are called after the file, but for app.toml', () => {
  expect([suffixOf('app'), suffixOf('bench-2')]).toEqual(['', '-bench-2']);
});
