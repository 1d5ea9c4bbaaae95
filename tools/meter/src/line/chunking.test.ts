import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random.js';
import { calmPieces, randomPieces, type PieceShape } from './chunking.js';

const sum = (shapes: readonly PieceShape[], of: 'length' | 'gapMs'): number =>
  shapes.reduce((total, shape) => total + shape[of], 0);

describe('chunking', () => {
  it('cuts into 1 to 6 pieces that are the whole, within 40 ms', () => {
    const random = new Random(7);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 138 }), (length) => {
        const shapes = randomPieces(length, random);
        expect(shapes.length).toBeGreaterThanOrEqual(1);
        expect(shapes.length).toBeLessThanOrEqual(6);
        expect(sum(shapes, 'length')).toBe(length);
        expect(sum(shapes, 'gapMs')).toBeLessThan(40);
        for (const shape of shapes) expect(shape.length).toBeGreaterThan(0);
      }),
    );
  });

  it('often gives a lone first byte, and cuts at every byte sooner or later', () => {
    const random = new Random(1);
    const edges = new Set<number>();
    let lone = 0;
    for (let i = 0; i < 2000; i += 1) {
      const shapes = randomPieces(100, random);
      if (shapes[0]?.length === 1) lone += 1;
      let edge = 0;
      for (const { length } of shapes) edges.add((edge += length));
    }
    expect(edges.size).toBe(100);
    expect(lone).toBeGreaterThan(400);
  });

  it('is header and body on a calm line', () => {
    expect(calmPieces(100).map(({ length }) => length)).toEqual([38, 62]);
    expect(calmPieces(20).map(({ length }) => length)).toEqual([20]);
  });
});
