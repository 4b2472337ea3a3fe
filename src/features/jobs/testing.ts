import { fakeJob } from '../../fake-rows';
import type { Checkpoint, Evaluation, JobAttempt, MetricsPoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';

/** A job that waits, changed to what a test is about. */
export const exampleJob = (changes: Partial<TrainingJob> = {}): TrainingJob =>
  fakeJob(1, {
    name: 'Lighthouse keeper',
    status: 'queued',
    current_stage: 'queued',
    progress: 0,
    current_epoch: 0,
    current_step: 0,
    total_steps: 100,
    started_at: null,
    completed_at: null,
    attempt: 0,
    worked_ms: 0,
    ...changes,
  });

const START = Date.parse('2026-03-01T09:00:00.000Z');

/** A step a second after the one before, a little better than it. */
export const examplePoint = (step: number, rest: Partial<MetricsPoint> = {}): MetricsPoint => ({
  step,
  attempt: 1,
  timestamp: new Date(START + step * 1000).toISOString(),
  epoch: Math.floor(step / 6),
  tokens: step * 100,
  training_loss: 4 - step / 10,
  non_finite: null,
  validation_loss: null,
  learning_rate: 1e-4,
  gradient_norm: 1,
  throughput: 100,
  step_ms: 1000,
  gpu_utilization: null,
  gpu_memory_bytes: null,
  gpu_temperature: null,
  gpu_power_watts: null,
  ...rest,
});

/** Of the untouched model at step 0, else of the adapter. */
export const exampleEvaluation = (step: number, loss: number): Evaluation => ({
  step,
  subject: step === 0 ? 'base' : 'adapter',
  group: 'all',
  loss,
  tokens: 971,
  records: 25,
  method: 'mean cross-entropy per trained token',
  final: false,
});

export const exampleCheckpoint = (step: number, rest: Partial<Checkpoint> = {}): Checkpoint => ({
  step,
  path: `checkpoints/step-${String(step).padStart(6, '0')}`,
  size_bytes: 58_000_000,
  sha256: 'a'.repeat(64),
  validation_loss: null,
  best: false,
  pruned: false,
  created_at: new Date(START + step * 1000).toISOString(),
  ...rest,
});

export const exampleAttempt = (number: number, rest: Partial<JobAttempt> = {}): JobAttempt => ({
  number,
  pid: null,
  process_started_at: null,
  boot_id: null,
  from_checkpoint: null,
  not_bit_exact: null,
  versions: null,
  devices: ['cpu'],
  app_version: null,
  lock_hash: null,
  torch: null,
  device_name: null,
  driver: null,
  precision: null,
  threads: null,
  started_at: new Date(START).toISOString(),
  ended_at: null,
  end_reason: null,
  exit_code: null,
  signal: null,
  ...rest,
});
