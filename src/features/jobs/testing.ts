import { resolveSettings } from '../../lib/training/settings';
import { TrainingJob } from '../../lib/types/lora-training';

const ID = '0f8f4dd2-6a04-4b0e-9d3a-3d6f4e2b7c11';
const THEN = '2026-03-01T09:00:00.000Z';

const SETTINGS = resolveSettings({
  preset_id: 'balanced',
  changes: {},
  base_model_name: 'smollm2-135m-instruct',
  device: 'cpu',
  model_max_length: 8192,
});

/** A job that waits, changed to what a test is about. */
export const exampleJob = (changes: Partial<TrainingJob> = {}): TrainingJob =>
  TrainingJob.parse({
    id: ID,
    user_id: ID,
    name: 'Lighthouse keeper',
    dataset_id: ID,
    base_model_id: ID,
    base_model_fingerprint: 'f'.repeat(64),
    preset_id: 'balanced',
    method: 'sft',
    hyperparameters: SETTINGS,
    gpu_config: { gpu_type: 'cpu', num_gpus: 0, gpu_memory_gb: 0, cost_per_gpu_hour: 0 },
    status: 'queued',
    current_stage: 'queued',
    progress: 0,
    current_epoch: 0,
    total_epochs: 5,
    current_step: 0,
    total_steps: 100,
    current_metrics: null,
    queued_at: THEN,
    started_at: null,
    completed_at: null,
    estimated_completion_at: null,
    current_cost: 0,
    estimated_total_cost: 0,
    final_cost: null,
    error_code: null,
    error_message: null,
    error_hint: null,
    error_stack: null,
    retry_count: 0,
    retry_of: null,
    external_job_id: null,
    artifact_id: null,
    init_artifact_id: null,
    position: 1,
    last_seq: 0,
    attempt: 0,
    worked_ms: 0,
    plan: null,
    cancel_reason: null,
    created_at: THEN,
    updated_at: THEN,
    notes: null,
    tags: [],
    verdict: null,
    revision: 1,
    ...changes,
  });
