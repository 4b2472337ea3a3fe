import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scaffolding } from '../types/dataset-records';
import { splitRecords } from './split';
import type { SplitRecord } from './split';

const KINDS = ['persona', 'arc', 'topic'] as const;

/** Of each stratum: records, and how many of them are held out. */
const strataOf = (records: readonly SplitRecord[], share: number, seed: number) => {
  const heldOut = new Set(splitRecords(records, { seed, share, stratify: 'auto' }).held_out);
  const strata = new Map<string, { records: number; heldOut: number }>();
  for (const { id, scaffolding = {} } of records)
    for (const kind of KINDS) {
      const name = `${kind} ${scaffolding[kind] ?? ''}`;
      const counts = strata.get(name) ?? { records: 0, heldOut: 0 };
      strata.set(name, {
        records: counts.records + 1,
        heldOut: counts.heldOut + (heldOut.has(id) ? 1 : 0),
      });
    }
  return strata;
};

const value = (most: number) => fc.integer({ min: 0, max: most }).map(String);
const design: fc.Arbitrary<Scaffolding> = fc.record(
  { persona: value(3), arc: value(6), topic: value(9) },
  { requiredKeys: [] },
);

describe('the held-out part of each stratum', () => {
  it('is never nothing where two records of it are due', () => {
    fc.assert(
      fc.property(
        fc.array(design, { minLength: 20, maxLength: 300 }),
        fc.constantFrom(0.05, 0.1, 0.2, 0.3),
        fc.nat(1000),
        (designs, share, seed) => {
          const records = designs.map((scaffolding, index) => ({ id: String(index), scaffolding }));
          for (const [name, counts] of strataOf(records, share, seed))
            if (counts.records >= 2 / share) expect({ name, ...counts }).not.toMatchObject({ heldOut: 0 });
        },
      ),
    );
  });

  it('is its share to within a record or two of a crossed design', () => {
    const records = Array.from({ length: 97 }, (_, index) => ({
      id: String(index),
      scaffolding: {
        persona: String(index % 3),
        arc: String((index * 7) % 5),
        topic: String((index * index) % 6),
      },
    }));
    for (let seed = 0; seed < 50; seed += 1)
      for (const [name, counts] of strataOf(records, 0.1, seed))
        expect({ name, seed, off: Math.abs(counts.heldOut - counts.records / 10) < 1.5 }).toEqual({
          name,
          seed,
          off: true,
        });
  });
});
