import { z } from 'zod';
import { Verdict } from './lora-training';
import { Count, Sha256, Timestamp, Uuid } from './primitives';
import { RunDataset } from './run-mixture';
import { Quantization, TrainingSettings } from './training-settings';

export const ArtifactFile = z.strictObject({
  name: z.string(),
  path: z.string(),
  size_bytes: Count,
  sha256: Sha256,
});
export type ArtifactFile = z.infer<typeof ArtifactFile>;

/**
 * Losses are mean cross-entropy per trained token; `method` says over what. `null`: not measured. All are those of the
 * result's step (`source_step`): its training loss, or the one before where that is not a number, and the epoch in
 * which it fell, the first being 1.
 */
export const QualityMetrics = z.strictObject({
  final_training_loss: z.number().nullable(),
  final_validation_loss: z.number().nullable(),
  best_epoch: Count.nullable(),
  convergence_score: z.number().nullable(),
  base_validation_loss: z.number().nullable(),
  perplexity: z.number().nullable(),
  base_perplexity: z.number().nullable(),
  held_out_records: Count,
  held_out_tokens: Count,
  precision: z.string(),
  method: z.string(),
});
export type QualityMetrics = z.infer<typeof QualityMetrics>;

export const TrainingSummary = z.strictObject({
  base_model_name: z.string(),
  base_model_fingerprint: Sha256,
  dataset_name: z.string(),
  dataset_version_sha256: Sha256,
  /** Of a mixture: its parts. */
  dataset_sources: z.array(RunDataset).optional(),
  total_steps: Count,
  source_step: Count,
  attempts: Count,
  duration_ms: Count,
  train_records: Count,
  trainable_parameters: Count,
  peak_memory_bytes: Count,
  device: z.string(),
});
export type TrainingSummary = z.infer<typeof TrainingSummary>;

export const ModelArtifact = z.strictObject({
  id: Uuid,
  user_id: Uuid,
  job_id: Uuid.nullable(),
  dataset_id: Uuid.nullable(),
  base_model_id: Uuid,
  origin: z.enum(['trained', 'imported']),
  source_step: Count.nullable(),
  base_model_fingerprint: z.string().nullable(),
  name: z.string().min(1).max(200),
  version: z.string(),
  description: z.string().nullable(),
  status: z.enum(['stored', 'active', 'archived']),
  deployed_at: Timestamp.nullable(),
  quality_metrics: QualityMetrics,
  training_summary: TrainingSummary,
  configuration: TrainingSettings,
  artifacts: z.array(ArtifactFile),
  parent_model_id: Uuid.nullable(),
  storage_path: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
  deleted_at: Timestamp.nullable(),
  notes: z.string().nullable(),
  tags: z.array(z.string()),
  verdict: Verdict.nullable(),
  revision: Count,
});
export type ModelArtifact = z.infer<typeof ModelArtifact>;

export const ExportFormat = z.enum(['adapter', 'zip', 'merged', 'gguf-adapter', 'gguf']);
export type ExportFormat = z.infer<typeof ExportFormat>;

/**
 * What the check of an export found; the difference is of float32 logits, to the trainer's own. The losses of a
 * merged model are of the same held-out texts, or of a few dialogues where there are none. There are no figures of
 * a GGUF file that this machine's llama.cpp cannot load.
 */
export const ExportVerification = z.strictObject({
  ok: z.boolean(),
  max_abs_diff: z.number().nullable(),
  greedy_equal: z.boolean().nullable(),
  prompts: Count,
  held_out_loss: z.strictObject({ texts: Count, adapter: z.number(), merged: z.number() }).nullish(),
  /** `tensors` were read back as they should be; `llama_cpp` is the release that has loaded them, or `reason` why none. */
  gguf: z
    .strictObject({ tensors: Count, llama_cpp: z.string().nullable(), reason: z.string().nullable() })
    .optional(),
  /** What training saw of the base model; what is compared stands on the base model as it is. */
  trained_on: Quantization.default('none'),
  /** The merged weights are float32: in the base model's own `dtype` the loss would have been `merged`. */
  widened: z.strictObject({ dtype: z.string(), merged: z.number() }).nullable().default(null),
});
export type ExportVerification = z.infer<typeof ExportVerification>;

export const ArtifactExport = z.strictObject({
  id: Uuid,
  artifact_id: Uuid,
  format: ExportFormat,
  path: z.string(),
  /** `pending` while its files are written, `running` while they are checked. */
  status: z.enum(['pending', 'running', 'completed', 'failed']),
  files: z.array(z.strictObject({ name: z.string(), size_bytes: Count, sha256: Sha256 })),
  verification: ExportVerification.nullable(),
  error: z.string().nullable(),
  created_at: Timestamp,
  completed_at: Timestamp.nullable(),
  revision: Count,
});
export type ArtifactExport = z.infer<typeof ArtifactExport>;
