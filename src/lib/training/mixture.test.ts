import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { versionedName, weighted } from './mixture';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `r${String(index)}`);
const SEED = 42;

describe('weighted', () => {
  it('a whole weight repeats every record, in order', () => {
    expect(weighted(['a', 'b'], 1, SEED)).toEqual(['a', 'b']);
    expect(weighted(['a', 'b'], 2, SEED)).toEqual(['a', 'a', 'b', 'b']);
  });

  it('a fraction takes that part, chosen by the seed and the same each time', () => {
    const half = weighted(ids(100), 0.5, SEED);
    expect(half).toHaveLength(50);
    expect(new Set(half).size).toBe(50);
    expect(weighted(ids(100), 0.5, SEED)).toEqual(half);
    expect(weighted(ids(100), 0.5, SEED + 1)).not.toEqual(half);
    expect(weighted(ids(100), 1.25, SEED)).toHaveLength(125);
  });

  it('no dataset vanishes, however small its weight', () => {
    expect(weighted(ids(10), 0.01, SEED)).toHaveLength(1);
    expect(weighted([], 0.01, SEED)).toEqual([]);
  });

  it('holds for every weight: only known records, as many as the weight says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 500 }), (count, percent) => {
        const seen = weighted(ids(count), percent / 100, SEED);
        const known = new Set(ids(count));
        expect(seen.every((id) => known.has(id))).toBe(true);
        expect(Math.abs(seen.length - Math.max(1, (count * percent) / 100))).toBeLessThanOrEqual(0.51);
      }),
    );
  });
});

it('names the version of every dataset, and its weight behind it', () => {
  const letters = { name: 'Letters', weight: 0.5, version_number: 2 };
  const orders = { name: 'Orders', weight: 1, version_number: 1 };
  expect(versionedName([orders])).toBe('Orders, version 1');
  expect(versionedName([letters, orders])).toBe('Letters (version 2) × 0.5 + Orders (version 1)');
});
