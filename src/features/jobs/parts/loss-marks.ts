import { formatClockSeconds, formatCount, formatLoss } from '../../../components/format';
import type { Mark } from '../../../components/line-chart-marks';
import type { Series } from '../../../components/line-chart-options';
import type { JobEvent } from '../../../lib/types/job-records';
import type { JobStatus, TrainingJob } from '../../../lib/types/lora-training';
import { eventTone, eventWords } from '../event-words';
import { heldOutOf, stepOf } from '../job-run';
import type { JobRun } from '../job-run';
import { hasEnded, isRunning } from '../job-words';
import { positionOf } from '../loss-curves';
import type { Axis } from '../loss-curves';

const MOST_EVENTS = 5;
const MOST_LETTERS = 40;

const shortened = (words: string): string =>
  words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS - 1).trimEnd()}…` : words;

interface Shown {
  readonly axis: Axis;
  /** The curves as `lossCurves` makes them. */
  readonly curves: readonly Series[];
}

export const lossMarks = (job: TrainingJob, run: JobRun, { axis, curves }: Shown): Mark[] => {
  const at = positionOf(run, axis);
  const place = placeMarks(job, run, at);
  const events = run.events
    .filter((event) => !isLastWord(job, run, event) && eventTone(event) !== 'neutral')
    .slice(-MOST_EVENTS);
  return [
    ...run.checkpoints.map(({ step, best, pruned }): Mark => ({
      kind: pruned ? 'pruned' : best ? 'best' : 'kept',
      x: at(step),
    })),
    ...events.map((event): Mark => ({
      kind: 'event',
      x: at(stepOf(run, event) ?? 0),
      label: shortened(eventWords(event)),
    })),
    ...(axis === 'step' && !hasEnded(job) ? comingMarks(job) : []),
    ...place,
    ...readingMarks(run, curves),
  ];
};

/** More would be a row of beads. */
const MOST_COMING = 12;

/** Checkpoints that the plan still holds; before the trainer made it, what the settings ask for. */
const comingMarks = ({ plan, hyperparameters, current_step, total_steps }: TrainingJob): Mark[] => {
  const every = plan?.['save_every'] ?? hyperparameters.save_steps;
  if (typeof every !== 'number' || every < 1 || total_steps === null) return [];
  const first = Math.floor(current_step / every) + 1;
  const count = Math.ceil(total_steps / every) - first + 1;
  return count > MOST_COMING
    ? []
    : Array.from({ length: Math.max(0, count) }, (_, index) => ({
        kind: 'coming' as const,
        x: Math.min(total_steps, (first + index) * every),
      }));
};

/** The end of a run that stands where it ended is told there. */
const isLastWord = ({ status }: TrainingJob, { events }: JobRun, event: JobEvent): boolean =>
  STOPPED_AT[status] !== undefined && event === events.findLast(({ event: name }) => ENDS.includes(name));

const ENDS: readonly string[] = ['failed', 'cancelled', 'interrupted'];

const STOPPED_AT: Partial<Record<JobStatus, string>> = {
  paused: 'paused',
  interrupted: 'interrupted',
  failed: 'failed',
  cancelled: 'cancelled',
};

const BEGINS = 'the curve begins with the first step';

/** How far a run is that has not come to its end, and since when. */
const placeMarks = (job: TrainingJob, run: JobRun, at: (step: number) => number): Mark[] => {
  const last = run.points.at(-1);
  const word = isRunning(job) ? 'now' : STOPPED_AT[job.status];
  if (!last) return hasEnded(job) ? [] : [{ kind: 'now', x: 0, label: word ?? 'waiting', below: BEGINS }];
  if (word === undefined) return [];
  return [
    {
      kind: 'now',
      x: at(last.step),
      label: `${word}, step ${formatCount(last.step)}`,
      below: formatClockSeconds(last.timestamp),
    },
  ];
};

/** What each curve says at its end, beside the last step. */
const readingMarks = (run: JobRun, curves: readonly Series[]): Mark[] => {
  const { base, all } = heldOutOf(run);
  const [last, measured] = [run.points.at(-1)?.step, (all.at(-1) ?? base)?.step ?? 0];
  const ends = ([1, 2] as const).flatMap((number) => {
    const end = curves
      .findLast((curve) => curve.number === number)
      ?.points.findLast(({ y }) => Number.isFinite(y));
    return end ? [{ number, ...end }] : [];
  });
  const x = Math.max(...ends.map((end) => end.x));
  return ends.map(({ number, y }) => ({
    kind: 'reading',
    x,
    y,
    other: ends.find((other) => other.number !== number)?.y ?? null,
    number,
    label:
      number === 1
        ? `training ${formatLoss(y)}`
        : `held-out ${formatLoss(y)}${measured === last ? '' : ` at step ${formatCount(measured)}`}`,
  }));
};
