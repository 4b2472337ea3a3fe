import { z } from 'zod';
import { RecordRow } from './dataset-numbers';
import { Scaffolding } from './dataset-records';
import { Count } from './primitives';

/** How many of the held-out records are listed. */
export const MAX_HELD_OUT_ROWS = 500;

/** The split that a run with this seed and share makes: records on each side, and how each stratum is divided. */
export const SplitView = z.strictObject({
  seed: z.int(),
  share: z.number(),
  train: Count,
  held_out: Count,
  /** Of what the file says of its records' design; empty where it says nothing. */
  strata: z.array(
    z.strictObject({ kind: Scaffolding.keyof(), value: z.string(), train: Count, held_out: Count }),
  ),
  /** The first of the held-out records, in the order of the file. */
  rows: z.array(RecordRow).max(MAX_HELD_OUT_ROWS),
});
export type SplitView = z.infer<typeof SplitView>;
