import type { KeptRunDataset } from '../types/run-mixture';
import { seededHash } from './split';

/**
 * What an epoch sees of one dataset in a mixture. A weight of 1 is every record once, 2 every record
 * twice; of 0.5 a seeded half, the same in every epoch. At least one record of each dataset is seen.
 */
export const weighted = (ids: readonly string[], weight: number, seed: number): string[] => {
  const whole = Math.floor(weight);
  const rest = Math.round((weight - whole) * ids.length);
  const extra = whole === 0 && ids.length > 0 ? Math.max(1, rest) : rest;
  const chosen = chosenBySeed(ids, extra, seed);
  return ids.flatMap((id) => new Array<string>(whole + (chosen.has(id) ? 1 : 0)).fill(id));
};

const chosenBySeed = (ids: readonly string[], count: number, seed: number): ReadonlySet<string> => {
  if (count === 0) return new Set();
  const hashed = ids.map((id) => ({ id, hash: seededHash(id, seed) }));
  const order = hashed.sort((left, right) => left.hash - right.hash);
  return new Set(order.slice(0, count).map(({ id }) => id));
};

/** Each name once: a second of the same becomes `Letters (2)`. */
export const distinctNames = (names: readonly string[]): string[] => {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${String(times)})`;
  });
};

interface Part {
  readonly name: string;
  readonly weight: number;
}

/** `Letters × 0.5 + Orders`; a weight of 1 goes without saying. */
export const mixtureName = (parts: readonly Part[]): string =>
  parts.map(({ name, weight }) => (weight === 1 ? name : `${name} × ${String(weight)}`)).join(' + ');

/** `Letters, version 2`, or `Letters (version 2) × 0.5 + Orders (version 1)`. */
export const versionedName = (parts: readonly (Part & Pick<KeptRunDataset, 'version_number'>)[]): string => {
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0)
    return `${mixtureName([only])}, version ${String(only.version_number)}`;
  return mixtureName(
    parts.map(({ name, weight, version_number }) => ({
      name: `${name} (version ${String(version_number)})`,
      weight,
    })),
  );
};
