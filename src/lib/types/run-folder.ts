import { z } from 'zod';
import { brokenJobRule } from '../training/job-rules';
import { Sha256, Timestamp, Uuid } from './primitives';
import { RunDataset } from './run-mixture';
import { TrainingSettings } from './training-settings';

export const RUN_FOLDER_SCHEMA = 1;

/** A question that is asked of the untouched model, at every checkpoint and of the result. */
export const SamplePrompt = z.strictObject({
  id: z.string().min(1).max(64),
  text: z.string().min(1).max(4000),
});
export type SamplePrompt = z.infer<typeof SamplePrompt>;

/**
 * Where the base model's linear layers lie: on the device, or in the computer's memory and on the card one at a time;
 * sharded, of each process of a run a part.
 */
export const BasePlace = z.enum(['kept', 'offloaded', 'sharded']);
export type BasePlace = z.infer<typeof BasePlace>;

/**
 * Chosen before the start so that the run fits: most rows a pass, how many layers are recomputed, whole ones
 * from the first, and of those after them the MLP alone, and where the base model lies.
 */
export const MemoryPlan = z.strictObject({
  micro_batch: z.int().min(1),
  recompute_mlps: z.int().min(0),
  recompute_layers: z.int().min(0),
  /** Kept where nothing is said. */
  base: BasePlace.optional(),
});
export type MemoryPlan = z.infer<typeof MemoryPlan>;

const JobFileShape = z.strictObject({
  schema: z.literal(RUN_FOLDER_SCHEMA),
  job_id: Uuid,
  name: z.string().min(1).max(200),
  created_at: Timestamp,
  app_version: z.string(),
  dataset: z.strictObject({
    dataset_id: Uuid,
    dataset_version_id: Uuid,
    name: z.string(),
    sha256: Sha256,
    path: z.string(),
    format: z.string(),
    records: z.int().min(1),
    /** Of a mixture: what it is made of. Its records are in the run folder, each with its dataset. */
    sources: z.array(RunDataset).min(2).optional(),
  }),
  base_model: z.strictObject({
    base_model_id: Uuid,
    name: z.string(),
    fingerprint: Sha256,
    path: z.string(),
    architecture: z.string(),
  }),
  settings: TrainingSettings,
  preset_id: z.enum(['conservative', 'balanced', 'aggressive', 'custom']),
  total_steps: z.int().min(1),
  total_epochs: z.int().min(1),
  sample_prompts: z.array(SamplePrompt).max(10),
  sample_max_new_tokens: z.int().min(1).max(1024),
  device: z.enum(['auto', 'cpu', 'cuda']),
  threads: z.int().min(1).max(256),
  /** Absent in older jobs: as many rows as the rule says, and everything is kept. */
  memory: MemoryPlan.optional(),
});

/**
 * `job.json`, all that a trainer knows. Paths are hints that the command line may override; the
 * hashes are what must agree. `threads` is pinned so that a CPU run repeats bit for bit.
 */
export const JobFile = JobFileShape.superRefine((job, context) => {
  const message = brokenJobRule(job);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
export type JobFile = z.infer<typeof JobFile>;
