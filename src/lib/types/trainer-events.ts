import { z } from 'zod';
import { Count, Sha256, Timestamp } from './primitives';
import { BasePlace, RUN_FOLDER_SCHEMA } from './run-folder';

const envelope = {
  schema: z.literal(RUN_FOLDER_SCHEMA),
  attempt: z.int().min(1),
  seq: z.int().min(1),
  time: Timestamp,
};

const event = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.object({ event: z.literal(name), ...envelope, ...shape });

export const NonFinite = z.enum(['nan', 'inf', '-inf']);
export const RunningStage = z.enum(['preprocessing', 'model_loading', 'training', 'finalization']);
/** How adapters compute: all as one function in 16 bit (the trainer's `lora_layer.py`), or as PEFT has them. */
export const AdapterPath = z.enum(['fast', 'stock']);
export type AdapterPath = z.infer<typeof AdapterPath>;

export const HelloEvent = event('hello', {
  pid: z.int(),
  device: z.string(),
  device_name: z.string(),
  precision: z.enum(['bf16', 'fp32']),
  torch: z.string(),
  versions: z.record(z.string(), z.string()),
  /** Of the graphics card, null without one; older runs do not say. */
  driver: z.string().nullable().optional(),
  /** Compute threads; older runs do not say. */
  threads: z.int().min(1).optional(),
  from_checkpoint: z.string().nullable(),
});
export const StageEvent = event('stage', { name: RunningStage, detail: z.string() });
export const PlanEvent = event('plan', {
  total_steps: z.int().min(1),
  total_tokens: Count,
  trained_tokens: Count,
  train_records: Count,
  held_out_records: Count,
  truncated_records: Count,
  trainable_parameters: Count,
  total_parameters: Count,
  micro_batch: z.int().min(1),
  recompute: z.enum(['none', 'mlps', 'partial', 'full']),
  /** How many layers are recomputed whole, and of how many more the MLP is; older runs do not say. */
  recompute_layers: Count.optional(),
  recompute_mlps: Count.optional(),
  /** Older runs do not say, and kept it. */
  base: BasePlace.optional(),
  /** Tokens of the longest row that goes through the model; older runs do not say. */
  longest_row: Count.optional(),
  /** Older runs do not say. */
  path: AdapterPath.optional(),
  /** Records trained inside a longer one that repeats them; older runs do not say. */
  collapsed_records: Count.optional(),
  /** Whether rows are packed, and why or why not; older runs do not say. */
  packing: z.object({ packed: z.boolean(), reason: z.string() }).optional(),
  eval_every: z.int().min(1),
  save_every: z.int().min(1),
});
/** `training_loss` is null only when `non_finite` says what it was. `throughput` = real tokens a second. */
export const MetricsEvent = event('metrics', {
  step: Count,
  epoch: Count,
  tokens: Count,
  training_loss: z.number().nullable(),
  non_finite: NonFinite.nullable(),
  validation_loss: z.number().optional(),
  learning_rate: z.number(),
  gradient_norm: z.number().nullable(),
  throughput: z.number(),
  step_ms: z.number(),
  gpu_utilization: z.number().optional(),
  gpu_memory_bytes: z.number().optional(),
  gpu_temperature: z.number().optional(),
  gpu_power_watts: z.number().optional(),
});
/** Mean cross-entropy per trained token. `group` is `all` for the whole held-out set. */
export const EvaluationEvent = event('evaluation', {
  step: Count,
  subject: z.enum(['base', 'adapter']),
  group: z.string(),
  loss: z.number(),
  tokens: Count,
  records: Count,
  method: z.string(),
  final: z.boolean(),
});
export const SampleEvent = event('sample', {
  step: Count,
  prompt_id: z.string(),
  prompt: z.string(),
  seed: z.int(),
  text: z.string(),
});
/** `path` is relative to the run folder. `sha256` is that of the checkpoint's manifest. */
export const CheckpointEvent = event('checkpoint', {
  step: Count,
  path: z.string(),
  size_bytes: Count,
  sha256: Sha256,
  validation_loss: z.number().nullable(),
  best: z.boolean(),
  pruned: z.array(z.string()),
});
export const WarningEvent = event('warning', { code: z.string(), message: z.string() });
export const HeartbeatEvent = event('heartbeat', {});
export const CompletedEvent = event('completed', {
  adapter_path: z.string(),
  adapter_sha256: Sha256,
  source_step: Count,
  final_training_loss: z.number().nullable(),
  final_validation_loss: z.number().nullable(),
  base_validation_loss: z.number().nullable(),
  held_out_records: Count,
  held_out_tokens: Count,
  best_epoch: Count,
  precision: z.string(),
  peak_memory_bytes: Count,
  early_stopped: z.boolean(),
  /** Why no further step was trained, and after which; older runs do not say. */
  ended_by: z.enum(['last_step', 'early_stopping', 'time_budget', 'energy_budget']).optional(),
  last_step: Count.optional(),
});
export const FailedEvent = event('failed', {
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  traceback: z.string().nullable(),
});
export const CancelledEvent = event('cancelled', {
  step: Count,
  saved: z.boolean(),
  adapter_path: z.string().nullable(),
});
export const InterruptedEvent = event('interrupted', {
  step: Count,
  reason: z.enum(['paused', 'parent_gone', 'signal']),
  saved: z.boolean(),
});

/** Every line of `events.jsonl` and of the trainer's standard output. */
export const TrainerEvent = z.discriminatedUnion('event', [
  HelloEvent,
  StageEvent,
  PlanEvent,
  MetricsEvent,
  EvaluationEvent,
  SampleEvent,
  CheckpointEvent,
  WarningEvent,
  HeartbeatEvent,
  CompletedEvent,
  FailedEvent,
  CancelledEvent,
  InterruptedEvent,
]);
export type TrainerEvent = z.infer<typeof TrainerEvent>;
export type MetricsEvent = z.infer<typeof MetricsEvent>;

export const TERMINAL_EVENTS = ['completed', 'failed', 'cancelled', 'interrupted'] as const;

/** One JSON object a line on the trainer's standard input. */
export const TrainerCommand = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('stop'), save: z.boolean() }),
  z.strictObject({ command: z.literal('pause') }),
  z.strictObject({ command: z.literal('checkpoint') }),
  z.strictObject({ command: z.literal('sample'), prompt: z.string() }),
]);
export type TrainerCommand = z.infer<typeof TrainerCommand>;
