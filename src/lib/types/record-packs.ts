import { z } from 'zod';
import { Count } from './primitives';
import { RecordRow } from './dataset-numbers';

const Place = { start: Count, end: Count };

/**
 * A record, or a window of it, in a packed row: the tokens [start, end) of the row are its own, and those of `behind`
 * it begins with, as others there do.
 */
const PackedDocument = z.strictObject({
  ...RecordRow.shape,
  ...Place,
  behind: z.strictObject(Place).nullable(),
});

/** Where a record lies in the first epoch of a run: its step, and the packed rows of that step that hold it. */
export const RecordPacks = z.strictObject({
  /** Counts from 1. */
  step: z.int(),
  /** The most tokens that a row of this run takes. */
  budget: z.int(),
  packs_of_step: z.int(),
  packs: z.array(z.strictObject({ number: z.int(), documents: z.array(PackedDocument) })),
});
export type RecordPacks = z.infer<typeof RecordPacks>;

/** A record among those that share a row with it, in a run that packs. */
export const PackRequest = z.strictObject({
  id: z.uuid(),
  index: Count,
  base_model_id: z.uuid(),
  max_length: z.int().min(16),
});
export type PackRequest = z.infer<typeof PackRequest>;
