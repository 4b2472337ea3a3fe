/** The first place after one; after the last it begins anew. Null where there is none. */
export const nextAfter = (places: readonly number[], at: number): number | null => {
  const sorted = places.toSorted((one, other) => one - other);
  return sorted.find((place) => place > at) ?? sorted[0] ?? null;
};
