import { z } from 'zod';

/**
 * The training loss of one step, a mean per trained token, before the update at that rate; `smoothed` is that
 * of which the lowest decides.
 */
export const LrPoint = z.strictObject({
  learning_rate: z.number().positive(),
  loss: z.number(),
  smoothed: z.number(),
});
export type LrPoint = z.infer<typeof LrPoint>;

/** A learning-rate range test. `suggestion` is null where the loss never fell; `exploded`: it ended early because of it. */
export const LrRange = z.strictObject({
  points: z.array(LrPoint),
  suggestion: z.number().nullable(),
  method: z.string(),
  exploded: z.boolean(),
});
export type LrRange = z.infer<typeof LrRange>;

/** Steps of a test, as many as the trainer takes without a word. */
export const LR_RANGE_STEPS = 40;
