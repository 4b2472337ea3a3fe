import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HashIndex } from './hash-index';
import { RecordIds } from './record-ids';

it('never gives an id twice, whatever the originals', () => {
  const original = fc.oneof(
    fc.constant(null),
    fc.constantFrom('a', 'a#1', 'a#2', 'a#1.2', 'a#2#3'),
    fc.integer({ min: 1, max: 30 }).map((number) => `record-${String(number)}`),
  );
  fc.assert(
    fc.property(fc.array(original, { maxLength: 60 }), (originals) => {
      const ids = new RecordIds();
      const claimed = originals.map(
        (id, index) => ids.claim(id, { line: 1 + Math.floor(index / 3), ordinal: index + 1 }).id,
      );
      expect(new Set(claimed).size).toBe(claimed.length);
    }),
    { numRuns: 500 },
  );
});

it('numbers a million similar texts apart', () => {
  const index = new HashIndex();
  for (let number = 0; number < 1_000_000; number += 1)
    index.numberOf(`Explain thing number ${String(number)}.`);
  expect(index.size).toBe(1_000_000);
  expect(index.numberOf('Explain thing number 123456.')).toBe(123_456);
});
