import type { JobEvent, MetricsPoint } from '../../lib/types/job-records';
import { mean, stepGaps } from '../../lib/training/pace';
import { JobStage } from '../../lib/types/lora-training';
import type { JobRun } from './job-run';

/** Milliseconds a step. */
export interface Pace {
  readonly mean: number;
  /** How far the mean moves. */
  readonly spread: number;
  /** Over how many steps it was measured. */
  readonly steps: number;
}

const BLOCK = 5;

/** Standard deviation of the means of five steps each: how far the pace itself moves. */
const spreadOf = (gaps: readonly number[]): number => {
  const blocks = Array.from({ length: Math.floor(gaps.length / BLOCK) }, (_, index) =>
    mean(gaps.slice(index * BLOCK, (index + 1) * BLOCK)),
  );
  if (blocks.length < 2) return 0;
  const middle = mean(blocks);
  return Math.sqrt(mean(blocks.map((block) => (block - middle) ** 2)));
};

/** Null before there is a pace to measure. */
export const paceOf = (points: readonly MetricsPoint[]): Pace | null => {
  const gaps = stepGaps(points);
  return gaps.length === 0 ? null : { mean: mean(gaps), spread: spreadOf(gaps), steps: gaps.length };
};

const ENDS = new Set(['completed', 'failed', 'cancelled', 'interrupted', 'hello']);

interface Open {
  readonly stage: JobStage;
  readonly since: number;
}

/**
 * How long each stage took, over all attempts. A stage that is open ends with its attempt, and with
 * the last sign of life where the attempt was killed; `now` is given while the run goes on.
 */
export const stageTimes = (
  { events, points }: Pick<JobRun, 'events' | 'points'>,
  now: number | null,
): ReadonlyMap<JobStage, number> => {
  const times = new Map<JobStage, number>();
  let open: Open | null = null;
  let seen = 0;
  const close = (at: number) => {
    if (open) times.set(open.stage, (times.get(open.stage) ?? 0) + Math.max(0, at - open.since));
    open = null;
  };
  const signOfLife = (attempt: number): number =>
    Math.max(seen, Date.parse(points.findLast((point) => point.attempt === attempt)?.timestamp ?? '') || 0);
  for (const event of events) {
    const at = Date.parse(event.time);
    if (event.event === 'hello') close(signOfLife(event.attempt - 1));
    else if (ENDS.has(event.event)) close(at);
    const next = stageNamed(event);
    if (next) {
      close(at);
      open = { stage: next, since: at };
    }
    seen = at;
  }
  close(now ?? signOfLife(events.at(-1)?.attempt ?? 0));
  return times;
};

/** Since when, in ms, the app has been checking the adapter of a run that goes on; null before its trainer completed. */
export const checkingSince = (events: readonly JobEvent[]): number | null => {
  const last = events.findLast(({ event }) => ENDS.has(event));
  return last?.event === 'completed' ? Date.parse(last.time) : null;
};

const stageNamed = ({ event, payload }: JobEvent): JobStage | null =>
  event === 'stage' ? (JobStage.safeParse(payload['name']).data ?? null) : null;
