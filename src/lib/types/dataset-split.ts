import { z } from 'zod';
import { RecordRow } from './dataset-numbers';
import { Scaffolding } from './dataset-records';
import { Count } from './primitives';
import { Stratify } from './training-settings';

/** How many of the held-out records are listed. */
export const MAX_HELD_OUT_ROWS = 500;

/** What decides a split besides the records. */
export const SplitChoice = z.strictObject({
  seed: z.int(),
  /** Part of the records to hold out. */
  share: z.number().min(0).max(0.5),
  stratify: Stratify,
});
export type SplitChoice = Readonly<z.infer<typeof SplitChoice>>;

/** The split that a run with this choice makes: records on each side, and how each stratum is divided. */
export const SplitView = z.strictObject({
  ...SplitChoice.shape,
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
