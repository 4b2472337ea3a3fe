import { z } from 'zod';
import { Count } from './primitives';

/** A figure with its error band; all three are in the same unit. */
export const Band = z.strictObject({ low: z.number(), expected: z.number(), high: z.number() });
export type Band = z.infer<typeof Band>;

/** What a run would need. `basis` says where time comes from: this machine's own runs or a guess. */
export const Estimate = z.strictObject({
  memory_bytes: Band,
  memory_total_bytes: Count,
  memory_free_bytes: Count,
  memory_method: z.string(),
  time_ms: Band.nullable(),
  time_method: z.string(),
  disk_bytes: Band,
  disk_free_bytes: Count,
  energy_kwh: Band.nullable(),
  total_steps: Count,
  steps_per_epoch: Count,
  total_epochs: Count,
  train_records: Count,
  held_out_records: Count,
  trainable_parameters: Count,
  total_parameters: Count,
  tokens_per_epoch: Count.nullable(),
  /** Where records are longer than the run's rows; tokens, of a comparison those of both sides. */
  cut: z.strictObject({ longest: Count, limit: Count }).nullable(),
  /** Datasets with records at which a run of this length stops, and what helps. */
  refused: z.array(z.strictObject({ dataset: z.string(), records: Count, words: z.string() })),
  fits: z.enum(['fits', 'tight', 'does_not_fit']),
  remedies: z.array(z.strictObject({ label: z.string(), changes: z.record(z.string(), z.unknown()) })),
});
export type Estimate = z.infer<typeof Estimate>;

/**
 * How long a run will take, in ms, and how that is known; no time where nothing was measured. `memory` is what
 * it will hold of what its device has, in bytes; it is not there where the run cannot be estimated any more.
 */
export const ExpectedTime = Estimate.pick({ time_ms: true, time_method: true }).extend({
  memory: z.strictObject({ bytes: Band, total_bytes: Count, method: z.string() }).optional(),
});
export type ExpectedTime = z.infer<typeof ExpectedTime>;
