import { z } from 'zod';
import { Count, Uuid } from './primitives';

/** What “Try it” is about to do; steps lie between `fewest` and `most`, fixed by a probe of this machine. */
export const TryItPlan = z.strictObject({
  model_name: z.string(),
  /** Weights of the bundled model; null where its folder is missing. */
  model_bytes: Count.nullable(),
  records: Count,
  sample_bytes: Count,
  lora_rank: Count,
  steps: z.strictObject({ fewest: Count, most: Count }),
  /** The last run of it that completed here. */
  last_job_id: Uuid.nullable(),
});
export type TryItPlan = z.infer<typeof TryItPlan>;
