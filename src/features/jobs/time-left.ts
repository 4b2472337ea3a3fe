import {
  durationLimit,
  formatAgo,
  formatClockAhead,
  formatCount,
  formatDuration,
  formatDurationBand,
  formatRoughDuration,
  NOTHING,
} from '../../components/format';
import type { Band } from '../../lib/types/estimate';
import type { TrainingJob } from '../../lib/types/lora-training';
import { hasEnded, isRunning, STAGE_WORDS, STATUS_WORDS } from './job-words';

export interface TimeLeft {
  /** Milliseconds until the end; a step that takes too long does not shorten it. */
  readonly ms: number;
  /** The same in ms as far as the pace of the last steps moves; null where too few were measured. */
  readonly band: Band | null;
  /** Since the last step in ms, once that is far longer than steps take. */
  readonly silentMs: number | null;
}

const STEPS_OF_SILENCE = 3;
/** The window's clock moves twice a minute: less would be its own delay. */
const LEAST_SILENCE_MS = 60_000;

/** Fewer steps give a time but no band. */
const ENOUGH_STEPS = 10;

const bandOf = (ms: number, { current_metrics: metrics }: TrainingJob): Band | null => {
  const { pace_ms: pace, pace_spread_ms: spread, pace_steps: steps = 0 } = metrics ?? {};
  if (!pace || spread === undefined || steps < ENOUGH_STEPS) return null;
  const half = (ms / pace) * spread;
  return { low: ms - half, expected: ms, high: ms + half };
};

/** By the mean time of the last steps; null while nothing is measured, and once training is done. */
export const timeLeft = (job: TrainingJob, now: number): TimeLeft | null => {
  const { estimated_completion_at: end, current_metrics: metrics, total_steps, current_step } = job;
  const pace = metrics?.pace_ms ?? metrics?.step_ms;
  if (end === null || pace === undefined || total_steps === null) return null;
  if (job.current_stage === 'finalization') return null;
  const whole = (total_steps - current_step) * pace;
  const since = Math.max(0, now - (Date.parse(end) - whole));
  const silent = since > Math.max(STEPS_OF_SILENCE * pace, LEAST_SILENCE_MS);
  const ms = Math.max(0, whole - Math.min(since, pace));
  return { ms, band: bandOf(ms, job), silentMs: silent ? since : null };
};

const leftWords = ({ ms, band }: TimeLeft): string =>
  band ? formatDurationBand(band) : formatRoughDuration(ms);

/** What is left, and when the run so ends: `≈ 20 min ± 1`, or only a limit where that is all that is known. */
export const endWords = (left: TimeLeft, now: number) => {
  const limit = left.band && durationLimit(left.band);
  return {
    left: leftWords(left),
    end:
      limit === null
        ? `ends ≈ ${formatClockAhead(now + left.ms, now)}`
        : `ends before ${formatClockAhead(now + limit, now)}`,
  };
};

const MINUTE = 60_000;

/** In whole minutes: it stands where a few words fit. */
export const silenceWords = (silentMs: number): string =>
  `no step for ${formatDuration(Math.floor(silentMs / MINUTE) * MINUTE)}`;

/** Why there is no time left to tell. */
export const noTimeLeftWords = ({ current_stage, current_step, total_steps }: TrainingJob): string => {
  if (total_steps !== null && current_step >= total_steps) return 'all steps are done';
  return current_stage === 'finalization' ? 'training ended early' : 'measured once steps run';
};

/** What is left, else how long nothing came; null where only the stage is known. */
const measuredWords = (job: TrainingJob, now: number, say = leftWords): string | null => {
  const left = timeLeft(job, now);
  if (left === null || job.current_stage !== 'training') return null;
  return left.silentMs === null ? `${say(left)} left` : silenceWords(left.silentMs);
};

/** In a few words, wherever a run is named: what is left, else how long nothing came, else the stage. */
export const timeLeftWords = (job: TrainingJob, now: number): string =>
  measuredWords(job, now) ?? STAGE_WORDS[job.current_stage];

const barelyWords = ({ ms, band }: TimeLeft): string => {
  const limit = band && durationLimit(band);
  return limit === null ? formatRoughDuration(ms) : `under ${formatDuration(limit)}`;
};

/** The same where there is hardly room: without how far it may be off. */
export const shortTimeLeftWords = (job: TrainingJob, now: number): string =>
  measuredWords(job, now, barelyWords) ?? STAGE_WORDS[job.current_stage];

/** Where a run at work is, and what is left of it, each in a column of its own. */
export const rowWords = (
  job: TrainingJob,
  now: number,
): { readonly place: string; readonly left: string } => {
  if (job.current_stage !== 'training' && job.current_stage !== 'finalization')
    return { place: STAGE_WORDS[job.current_stage], left: NOTHING };
  const total = job.total_steps === null ? NOTHING : formatCount(job.total_steps);
  return { place: `step ${formatCount(job.current_step)} of ${total}`, left: timeLeftWords(job, now) };
};

/** The same in one line: `training, step 60 of 100, ≈ 1 min left`. */
export const statusWords = (job: TrainingJob, now: number): string => {
  const { current_stage: stage, current_step: step, total_steps: total } = job;
  const at = total === null ? null : `step ${formatCount(step)} of ${formatCount(total)}`;
  return [STAGE_WORDS[stage], at, measuredWords(job, now)].filter((part) => part !== null).join(', ');
};

/** How any job stands, in a few words and since when: `interrupted 5 h ago`, `running, step 60 of 100`. */
export const standingWords = (job: TrainingJob, now: number): string => {
  const word = STATUS_WORDS[job.status].word.toLowerCase();
  if (job.status === 'queued') return word;
  if (isRunning(job)) return `${word}, ${rowWords(job, now).place}`;
  const since = hasEnded(job) ? (job.completed_at ?? job.updated_at) : job.updated_at;
  return `${word} ${formatAgo(since, now)}`;
};

/** Samples come with each checkpoint that the plan knows, and at the end; null before the plan. */
const nextSampledStep = ({ plan, current_step: step }: TrainingJob, total: number): number | null => {
  const every = plan?.['save_every'];
  if (typeof every !== 'number') return null;
  return Math.min(total, (Math.floor(step / every) + 1) * every);
};

/** Null where none are to come, or where the plan is not known yet. */
export const nextSamplesWords = (job: TrainingJob, now: number): string | null => {
  const { current_step: step, total_steps: total } = job;
  if (!isRunning(job) || total === null || step >= total) return null;
  const next = nextSampledStep(job, total);
  if (next === null) return null;
  const words = `Next samples at ${next === total ? 'the last step' : `step ${formatCount(next)}`}`;
  const left = timeLeft(job, now);
  if (left?.silentMs !== null) return words;
  return `${words}, ${formatRoughDuration((left.ms * (next - step)) / (total - step))}`;
};

/** In how many ms the running job makes room for the next; null where that is not known. */
export const freeIn = (running: TrainingJob | undefined, now: number): number | null => {
  const left = running && timeLeft(running, now);
  return left?.silentMs === null ? left.ms : null;
};

/** When a job in the queue begins: `starts ≈ 18:07`, and without a time what is known. */
export const startsWords = (startsIn: number | null, place: number, now: number): string => {
  if (startsIn !== null) return `starts ≈ ${formatClockAhead(now + startsIn, now)}`;
  return place === 0 ? 'starts next' : 'waiting';
};
