import { formatClock, formatCount, formatLoss } from '../../../components/format';
import type { Mark } from '../../../components/line-chart-marks';
import type { MetricsPoint } from '../../../lib/types/job-records';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { eventTone, eventWords } from '../event-words';
import { heldOutOf, stepOf } from '../job-run';
import type { JobRun } from '../job-run';
import { isRunning } from '../job-words';

export type Axis = 'step' | 'tokens' | 'time';

/** Where a step lies on the chosen axis. */
export const positionOf = (run: JobRun, axis: Axis): ((step: number) => number) => {
  if (axis === 'step') return (step) => step;
  const started = run.points[0] ? new Date(run.points[0].timestamp).getTime() : 0;
  const places = run.points.map(({ step, tokens, timestamp }) => ({
    step,
    x: axis === 'tokens' ? tokens : (new Date(timestamp).getTime() - started) / 60_000,
  }));
  return (step) => places.findLast((place) => place.step <= step)?.x ?? 0;
};

const MOST_EVENTS = 5;
const MOST_LETTERS = 40;

const shortened = (words: string): string =>
  words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS - 1).trimEnd()}…` : words;

export const lossMarks = (job: TrainingJob, run: JobRun, axis: Axis): Mark[] => {
  const at = positionOf(run, axis);
  const last = run.points.at(-1);
  const events = run.events
    .filter((event) => event.event !== 'failed' && eventTone(event) !== 'neutral')
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
    ...(axis === 'step' && isRunning(job) ? comingMarks(job) : []),
    ...(isRunning(job) && last ? nowMarks(run, at(last.step), last) : []),
  ];
};

/** More would be a row of beads. */
const MOST_COMING = 12;

/** Checkpoints that the plan still holds. */
const comingMarks = ({ plan, current_step, total_steps }: TrainingJob): Mark[] => {
  const every = plan?.['save_every'];
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

/** Where the run stands, and what each curve says there. */
const nowMarks = (run: JobRun, x: number, { step, timestamp }: MetricsPoint): Mark[] => {
  const training = run.points.findLast(({ training_loss }) => training_loss !== null)?.training_loss ?? null;
  const heldOut = heldOutOf(run).all.at(-1);
  return [
    { kind: 'now', x, label: `now, step ${formatCount(step)}`, below: formatClock(timestamp) },
    ...(training === null
      ? []
      : [
          {
            kind: 'reading',
            x,
            y: training,
            other: heldOut?.loss ?? null,
            number: 1,
            label: `training ${formatLoss(training)}`,
          } as const,
        ]),
    ...(heldOut
      ? [
          {
            kind: 'reading',
            x,
            y: heldOut.loss,
            other: training,
            number: 2,
            label: `held-out ${formatLoss(heldOut.loss)} at step ${formatCount(heldOut.step)}`,
          } as const,
        ]
      : []),
  ];
};
