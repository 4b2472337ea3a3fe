import { z } from 'zod';
import { Count, Timestamp } from './primitives';
import { NonFinite } from './trainer-events';

/** A row of `metrics_points`. `throughput` = real tokens a second, padding excluded. */
export const MetricsPoint = z.strictObject({
  step: Count,
  attempt: z.int().min(1),
  timestamp: Timestamp,
  epoch: Count,
  tokens: Count,
  training_loss: z.number().nullable(),
  non_finite: NonFinite.nullable(),
  validation_loss: z.number().nullable(),
  learning_rate: z.number(),
  gradient_norm: z.number().nullable(),
  throughput: z.number().nullable(),
  step_ms: z.number().nullable(),
  gpu_utilization: z.number().nullable(),
  gpu_memory_bytes: z.number().nullable(),
  gpu_temperature: z.number().nullable(),
  gpu_power_watts: z.number().nullable(),
});
export type MetricsPoint = z.infer<typeof MetricsPoint>;

/** An event of `events.jsonl` that people read: everything but metrics and heartbeats. */
export const JobEvent = z.strictObject({
  seq: Count,
  attempt: z.int().min(1),
  time: Timestamp,
  event: z.string(),
  payload: z.record(z.string(), z.unknown()),
});
export type JobEvent = z.infer<typeof JobEvent>;

export const JobSample = z.strictObject({
  attempt: z.int().min(1),
  step: Count,
  prompt_id: z.string(),
  prompt: z.string(),
  seed: z.int(),
  text: z.string(),
});
export type JobSample = z.infer<typeof JobSample>;

export const Evaluation = z.strictObject({
  step: Count,
  subject: z.enum(['base', 'adapter']),
  group: z.string(),
  loss: z.number(),
  tokens: Count,
  records: Count,
  method: z.string(),
  final: z.boolean(),
});
export type Evaluation = z.infer<typeof Evaluation>;

export const Checkpoint = z.strictObject({
  step: Count,
  path: z.string(),
  size_bytes: Count,
  sha256: z.string(),
  validation_loss: z.number().nullable(),
  best: z.boolean(),
  pruned: z.boolean(),
  created_at: Timestamp,
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/**
 * One process of a run, with the receipt of its environment: what the app knows is there from the start, the
 * rest as soon as the trainer has said it. `devices` are UUIDs of cards, or `cpu`; `lock_hash` is null for a
 * Python of the user's own. `end_reason` is a terminal event's name; without one, what the process came to:
 * `killed` by a signal or unseen, else `failed`, `interrupted` or `cancelled`. `not_bit_exact` is why it did not go on
 * bit for bit from its checkpoint, in the trainer's words; null where it did, or began anew.
 */
export const JobAttempt = z.strictObject({
  number: z.int().min(1),
  pid: z.int().nullable(),
  process_started_at: z.string().nullable(),
  boot_id: z.string().nullable(),
  from_checkpoint: z.string().nullable(),
  not_bit_exact: z.string().nullable(),
  versions: z.record(z.string(), z.string()).nullable(),
  devices: z.array(z.string()),
  app_version: z.string().nullable(),
  lock_hash: z.string().nullable(),
  torch: z.string().nullable(),
  device_name: z.string().nullable(),
  driver: z.string().nullable(),
  precision: z.enum(['bf16', 'fp32']).nullable(),
  threads: z.int().min(1).nullable(),
  started_at: Timestamp,
  ended_at: Timestamp.nullable(),
  end_reason: z.string().nullable(),
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
});
export type JobAttempt = z.infer<typeof JobAttempt>;

export const LogLine = z.strictObject({ number: Count, time: Timestamp, attempt: Count, text: z.string() });
export type LogLine = z.infer<typeof LogLine>;
