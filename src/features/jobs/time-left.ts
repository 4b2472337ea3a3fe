import { formatDuration, formatRoughDuration } from '../../components/format';
import type { TrainingJob } from '../../lib/types/lora-training';
import { STAGE_WORDS } from './job-words';

export interface TimeLeft {
  /** Milliseconds until the end; a step that takes too long does not shorten it. */
  readonly ms: number;
  /** Since the last step in ms, once that is far longer than steps take. */
  readonly silentMs: number | null;
}

const STEPS_OF_SILENCE = 3;
/** The window's clock moves twice a minute: less would be its own delay. */
const LEAST_SILENCE_MS = 60_000;

/** By the mean time of the last steps; null while nothing is measured. */
export const timeLeft = (job: TrainingJob, now: number): TimeLeft | null => {
  const { estimated_completion_at: end, current_metrics: metrics, total_steps, current_step } = job;
  const pace = metrics?.pace_ms ?? metrics?.step_ms;
  if (end === null || pace === undefined || total_steps === null) return null;
  const whole = (total_steps - current_step) * pace;
  const since = Math.max(0, now - (Date.parse(end) - whole));
  const silent = since > Math.max(STEPS_OF_SILENCE * pace, LEAST_SILENCE_MS);
  return { ms: Math.max(0, whole - Math.min(since, pace)), silentMs: silent ? since : null };
};

export const silenceWords = (silentMs: number): string => `no step for ${formatDuration(silentMs)}`;

/** In a few words, wherever a run is named: what is left, else how long nothing came, else the stage. */
export const timeLeftWords = (job: TrainingJob, now: number): string => {
  const left = timeLeft(job, now);
  if (left === null || job.current_stage !== 'training') return STAGE_WORDS[job.current_stage];
  return left.silentMs === null ? `${formatRoughDuration(left.ms)} left` : silenceWords(left.silentMs);
};
