import type { JobEvent } from '../../lib/types/job-records';
import { JobStage } from '../../lib/types/lora-training';
import type { JobRun } from './job-run';

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
