const BITS = 8;
const BUCKETS = 1 << BITS;
const PASSES = 32 / BITS;

/**
 * The numbers 0 to `count` - 1, sorted by the `parts` unsigned 32-bit numbers that each has in `orders`,
 * the first one first; equal ones stay in their order. By counting and not by comparing: the sort of the
 * language copies millions of numbers into objects first.
 */
export function sortedGroups(count: number, orders: ArrayLike<number>, parts: number): Uint32Array {
  let sorted = Uint32Array.from({ length: count }, (_, index) => index);
  let spare = new Uint32Array(count);
  for (let part = parts - 1; part >= 0; part -= 1)
    for (let pass = 0; pass < PASSES; pass += 1) {
      const digitOf = (group: number) =>
        ((orders[group * parts + part] ?? 0) >>> (pass * BITS)) & (BUCKETS - 1);
      placeByDigit(sorted, spare, digitOf);
      [sorted, spare] = [spare, sorted];
    }
  return sorted;
}

function placeByDigit(from: Uint32Array, to: Uint32Array, digitOf: (group: number) => number): void {
  const next = new Uint32Array(BUCKETS + 1);
  for (const group of from) next[digitOf(group) + 1] = (next[digitOf(group) + 1] ?? 0) + 1;
  for (let digit = 1; digit <= BUCKETS; digit += 1) next[digit] = (next[digit] ?? 0) + (next[digit - 1] ?? 0);
  for (const group of from) {
    const digit = digitOf(group);
    const at = next[digit] ?? 0;
    to[at] = group;
    next[digit] = at + 1;
  }
}
