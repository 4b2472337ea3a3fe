import {
  durationLimit,
  formatClock,
  formatDuration,
  formatDurationBand,
  formatRoughDuration,
} from '../../components/format';
import type { Band } from '../../components/format';
import type { TrainingJob } from '../../lib/types/lora-training';
import { STAGE_WORDS } from './job-words';
import type { Pace } from './run-times';

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

/** Fewer steps give a time but no band. */
const ENOUGH_STEPS = 10;

/** What is left in ms, as far as the pace of the last steps moved; null where too few were measured. */
export const timeLeftBand = (ms: number, pace: Pace | null): Band | null => {
  if (pace === null || pace.steps < ENOUGH_STEPS) return null;
  const spread = (ms / pace.mean) * pace.spread;
  return { low: ms - spread, expected: ms, high: ms + spread };
};

/** What is left, and when the run so ends: `≈ 20 min ± 1`, or only a limit where that is all that is known. */
export const endWords = (ms: number, band: Band | null, now: number) => {
  const limit = band && durationLimit(band);
  return {
    left: band ? formatDurationBand(band) : formatRoughDuration(ms),
    end: limit === null ? `ends ≈ ${formatClock(now + ms)}` : `ends before ${formatClock(now + limit)}`,
  };
};

export const silenceWords = (silentMs: number): string => `no step for ${formatDuration(silentMs)}`;

/** In a few words, wherever a run is named: what is left, else how long nothing came, else the stage. */
export const timeLeftWords = (job: TrainingJob, now: number): string => {
  const left = timeLeft(job, now);
  if (left === null || job.current_stage !== 'training') return STAGE_WORDS[job.current_stage];
  return left.silentMs === null ? `${formatRoughDuration(left.ms)} left` : silenceWords(left.silentMs);
};
