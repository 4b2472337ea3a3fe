import { fakeJob } from '../../fake-rows';
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
