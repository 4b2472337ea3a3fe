import { seededHash } from './split';

/**
 * What an epoch sees of one dataset in a mixture. A weight of 1 is every record once, 2 every record
 * twice; of 0.5 a seeded half, the same in every epoch. At least one record of each dataset is seen.
 */
export const weighted = (ids: readonly string[], weight: number, seed: number): string[] => {
  const whole = Math.floor(weight);
  const rest = Math.round((weight - whole) * ids.length);
  const extra = whole === 0 && ids.length > 0 ? Math.max(1, rest) : rest;
  const order = [...ids].sort((left, right) => seededHash(left, seed) - seededHash(right, seed));
  const chosen = new Set(order.slice(0, extra));
  return ids.flatMap((id) => new Array<string>(whole + (chosen.has(id) ? 1 : 0)).fill(id));
};

/** `Letters × 0.5 + Orders`; a weight of 1 goes without saying. */
export const mixtureName = (parts: readonly { readonly name: string; readonly weight: number }[]): string =>
  parts.map(({ name, weight }) => (weight === 1 ? name : `${name} × ${String(weight)}`)).join(' + ');
