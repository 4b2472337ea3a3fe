import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortedGroups } from './sorted-groups';

const ANY = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 3 }));

it.each([1, 4])('sorts by %d numbers each, and keeps the order of equal ones', (parts) => {
  fc.assert(
    fc.property(
      fc.array(fc.array(ANY, { minLength: parts, maxLength: parts }), { maxLength: 300 }),
      (groups) => {
        const compared = groups
          .map((_, index) => index)
          .sort(
            (left, right) =>
              (groups[left] ?? [])
                .map((number, part) => number - (groups[right]?.[part] ?? 0))
                .find((difference) => difference !== 0) ?? left - right,
          );
        expect([...sortedGroups(groups.length, groups.flat(), parts)]).toEqual(compared);
      },
    ),
  );
});
