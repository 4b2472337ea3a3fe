import { z } from 'zod';
import { DatasetProblem } from './dataset-records';
import { Count } from './primitives';

/** A range [start, end) of a text, in UTF-16 units; empty where something is missing. */
export const Spot = z.strictObject({ start: Count, end: Count });
export type Spot = z.infer<typeof Spot>;

/** What of a problem says where it is. */
export const ProblemPlace = DatasetProblem.pick({ line: true, path: true, type: true, error: true });
export type ProblemPlace = z.infer<typeof ProblemPlace>;

/** The record of an original in which a problem is, as it is written there; cut where it is long. */
export const RawPart = z.strictObject({
  text: z.string(),
  /** What is wrong; null where that cannot be told. */
  spot: Spot.nullable(),
  is_cut_before: z.boolean(),
  is_cut_after: z.boolean(),
});
export type RawPart = z.infer<typeof RawPart>;
