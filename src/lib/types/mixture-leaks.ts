import { z } from 'zod';
import { SplitChoice } from './dataset-split';
import { Count, Uuid } from './primitives';

/** More are not looked through beside something else: 20 seconds for these. */
export const MOST_LOOKED_THROUGH = 20_000;

/** Datasets of one run in its order, and how it holds out; weights decide nothing of it. */
export const MixtureLeaksRequest = z.strictObject({
  ids: z.array(Uuid).min(2).max(10),
  ...SplitChoice.shape,
});
export type MixtureLeaksRequest = Readonly<z.infer<typeof MixtureLeaksRequest>>;

/** `line` counts from 1 in the imported file. */
const Place = z.strictObject({ dataset: z.string(), line: z.int() });

/** Held-out records that are nearly like one of the training part; `unchecked`: not compared with all like them. */
export const MixtureLeaks = z.strictObject({
  held_out: Count,
  records: Count,
  unchecked: Count,
  first: z.strictObject({ held_out: Place, train: Place }).nullable(),
});
export type MixtureLeaks = z.infer<typeof MixtureLeaks>;
