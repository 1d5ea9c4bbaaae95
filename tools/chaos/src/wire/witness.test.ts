import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratch } from '../testing/scratch.js';
import { Witness } from './witness.js';

function make() {
  const path = join(scratch(), 'witness.jsonl');
  const witness = new Witness(path);
  onTestFinished(() => witness.close());
  return { witness, file: () => readFileSync(path, 'utf8') };
}
const header = (fields: object): Buffer => Buffer.from(JSON.stringify({ v: 1, ...fields }));
const batch = (session: string, first: number, ...lines: string[]): Buffer[] => [
  header({ type: 'batch', session, prev: first - 1, first, count: lines.length }),
  Buffer.from(lines.map((line) => `${line}\n`).join('')),
];
const ack = (session: string, seq: number): Buffer[] => [header({ type: 'ack', session, seq })];

describe('witness', () => {
  it('takes down each line once, by session and number, however often it passes', () => {
    const { witness, file } = make();
    witness.fromSource(batch('a', 0, 'zero', 'one'));
    witness.fromSource(batch('a', 1, 'one', 'two'));
    witness.fromSource(batch('b', 5, 'five'));
    const lines = [...witness.lines].map(([session, all]) => [
      session,
      [...all].map(([seq, line]) => `${seq} ${line.toString()}`),
    ]);
    expect(lines).toEqual([
      ['a', ['0 zero', '1 one', '2 two']],
      ['b', ['5 five']],
    ]);
    expect(witness.contradictions).toEqual([]);
    expect(file()).toBe('zero\none\ntwo\nfive\n');
  });

  it('takes two lines of one number for a contradiction', () => {
    const { witness } = make();
    witness.fromSource(batch('a', 0, 'zero', 'one'));
    witness.fromSource(batch('a', 1, 'another'));
    expect(witness.contradictions).toEqual([expect.stringContaining('record 1 of session a')]);
  });

  it('holds the highest acknowledgement of each session, and counts them', () => {
    const { witness, file } = make();
    for (const seq of [3, 7, 5]) witness.fromConsumer(ack('a', seq));
    witness.fromConsumer(ack('b', 0));
    expect([...witness.acknowledged]).toEqual([
      ['a', 7],
      ['b', 0],
    ]);
    expect(witness.acknowledgements).toBe(4);
    expect(file()).toContain('{"ack":7,"session":"a"}\n');
  });

  it('knows the runs of writers, and when one is told of its successor', () => {
    const { witness } = make();
    for (const run of ['x', 'x', 'y']) witness.fromConsumer([header({ type: 'hello', run })]);
    witness.fromSource([header({ type: 'fenced', run: 'x' })]);
    expect([...witness.runs]).toEqual(['x', 'y']);
    expect(witness.fenced).toBe(1);
  });

  it('passes over what it does not know', () => {
    const { witness } = make();
    witness.fromSource([header({ type: 'heartbeat' })]);
    witness.fromSource([]);
    witness.fromSource([Buffer.from('no JSON'), Buffer.from('line\n')]);
    witness.fromConsumer([Buffer.from('no JSON')]);
    expect([witness.lines.size, witness.acknowledged.size]).toEqual([0, 0]);
  });
});
