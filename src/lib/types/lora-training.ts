import { z } from 'zod';
import { DatasetFormat, DatasetKind, DatasetReport, ProblemSeverity, ProblemType } from './dataset-records';
import { Count, Timestamp, Uuid } from './primitives';
import { HyperparameterConfig, TrainingMethod, TrainingSettings } from './training-settings';

export { HyperparameterConfig };

export const DatasetStatus = z.enum(['uploading', 'validating', 'ready', 'error']);
export type DatasetStatus = z.infer<typeof DatasetStatus>;

/** E01's six states and the two that a desktop needs. */
export const JobStatus = z.enum([
  'queued',
  'initializing',
  'running',
  'completed',
  'failed',
  'cancelled',
  'paused',
  'interrupted',
]);
export type JobStatus = z.infer<typeof JobStatus>;

export const JobStage = z.enum(['queued', 'preprocessing', 'model_loading', 'training', 'finalization']);
export type JobStage = z.infer<typeof JobStage>;

export const PresetId = z.enum(['conservative', 'balanced', 'aggressive', 'custom']);
export type PresetId = z.infer<typeof PresetId>;

/** `line` is 1-based in the original file; the first three keys are E01's. */
export const ValidationError = z.strictObject({
  line: Count,
  error: z.string(),
  suggestion: z.string().nullable().optional(),
  record_id: z.string().nullable(),
  path: z.string().nullable(),
  type: ProblemType,
  severity: ProblemSeverity,
});
export type ValidationError = z.infer<typeof ValidationError>;

/** What a person thinks of it, in a few words. */
export const Verdict = z.string().max(200);

const noted = {
  notes: z.string().nullable(),
  tags: z.array(z.string()),
  verdict: Verdict.nullable(),
  revision: Count,
};

/** `storage_path` is relative to its bucket, with forward slashes; never a URL. */
export const Dataset = z.strictObject({
  id: Uuid,
  user_id: Uuid,
  name: z.string().min(1).max(200),
  description: z.string().nullable(),
  format: DatasetFormat,
  kind: DatasetKind,
  status: DatasetStatus,
  storage_bucket: z.string(),
  storage_path: z.string(),
  file_name: z.string().max(255),
  file_size: Count,
  total_training_pairs: Count.nullable(),
  total_validation_pairs: Count.nullable(),
  total_tokens: Count.nullable(),
  avg_turns_per_conversation: z.number().nullable(),
  avg_tokens_per_turn: z.number().nullable(),
  training_ready: z.boolean(),
  validated_at: Timestamp.nullable(),
  validation_errors: z.array(ValidationError).nullable(),
  sample_data: z.unknown(),
  report: DatasetReport.nullable(),
  /** Null where the newest version is the current one. */
  current_version_id: Uuid.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  deleted_at: Timestamp.nullable(),
  ...noted,
});
export type Dataset = z.infer<typeof Dataset>;

/** A CPU is `{gpu_type: "cpu", num_gpus: 0, gpu_memory_gb: 0, cost_per_gpu_hour: 0}`. */
export const GPUConfig = z.strictObject({
  gpu_type: z.string(),
  num_gpus: Count,
  gpu_memory_gb: z.number().min(0),
  cost_per_gpu_hour: z.number().min(0),
});
export type GPUConfig = z.infer<typeof GPUConfig>;

/** `training_loss` is null after a step that was not finite. */
export const CurrentMetrics = z.strictObject({
  training_loss: z.number().nullable(),
  validation_loss: z.number().optional(),
  learning_rate: z.number(),
  throughput: z.number().optional(),
  gpu_utilization: z.number().optional(),
  gradient_norm: z.number().nullable().optional(),
  step_ms: z.number().optional(),
  /** Mean time from one step's end to the next's over the last steps, evaluations included. */
  pace_ms: z.number().optional(),
  /** How far that mean moves from five steps to the next five. */
  pace_spread_ms: z.number().optional(),
  /** Over how many steps both were measured. */
  pace_steps: Count.optional(),
  peak_memory_bytes: z.number().optional(),
});
export type CurrentMetrics = z.infer<typeof CurrentMetrics>;

export const TrainingJob = z.strictObject({
  id: Uuid,
  user_id: Uuid,
  name: z.string().min(1).max(200),
  dataset_id: Uuid,
  base_model_id: Uuid,
  base_model_fingerprint: z.string(),
  preset_id: PresetId,
  method: TrainingMethod,
  hyperparameters: TrainingSettings,
  gpu_config: GPUConfig,
  status: JobStatus,
  current_stage: JobStage,
  progress: z.number().min(0).max(100),
  current_epoch: Count,
  total_epochs: Count,
  current_step: Count,
  total_steps: Count.nullable(),
  current_metrics: CurrentMetrics.nullable(),
  queued_at: Timestamp,
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
  estimated_completion_at: Timestamp.nullable(),
  current_cost: z.number(),
  estimated_total_cost: z.number(),
  final_cost: z.number().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  error_hint: z.string().nullable(),
  error_stack: z.string().nullable(),
  retry_count: Count,
  retry_of: Uuid.nullable(),
  external_job_id: z.string().nullable(),
  artifact_id: Uuid.nullable(),
  init_artifact_id: Uuid.nullable(),
  position: z.int(),
  last_seq: Count,
  attempt: Count,
  /** How long trainers worked on it, over all attempts that ended; what lies between them is not counted. */
  worked_ms: Count,
  plan: z.record(z.string(), z.unknown()).nullable(),
  cancel_reason: z.string().nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  ...noted,
});
export type TrainingJob = z.infer<typeof TrainingJob>;

const MISTRAL = 'mistralai/Mistral-7B-v0.1';
const BALANCED: HyperparameterConfig = {
  base_model: MISTRAL,
  learning_rate: 0.0002,
  batch_size: 8,
  num_epochs: 5,
  lora_rank: 16,
  lora_alpha: 32,
  lora_dropout: 0.1,
};

/** E01's values. `base_model` is a label only: a job records the chosen folder's name. */
export const HYPERPARAMETER_PRESETS: Record<PresetId, HyperparameterConfig> = {
  conservative: {
    base_model: MISTRAL,
    learning_rate: 0.0001,
    batch_size: 4,
    num_epochs: 3,
    lora_rank: 8,
    lora_alpha: 16,
    lora_dropout: 0.05,
  },
  balanced: BALANCED,
  aggressive: {
    base_model: MISTRAL,
    learning_rate: 0.0003,
    batch_size: 16,
    num_epochs: 10,
    lora_rank: 32,
    lora_alpha: 64,
    lora_dropout: 0.1,
  },
  custom: { ...BALANCED },
};
