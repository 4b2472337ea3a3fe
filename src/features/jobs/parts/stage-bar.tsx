import { Check } from 'lucide-react';
import { classNames } from '../../../components/class-names';
import { formatStopwatch } from '../../../components/format';
import { RunningClock } from '../../../components/time';
import type { JobStage, TrainingJob } from '../../../lib/types/lora-training';

const STAGES: readonly { readonly stage: JobStage; readonly label: string; readonly width: string }[] = [
  { stage: 'preprocessing', label: 'Data', width: 'flex-1' },
  { stage: 'model_loading', label: 'Load', width: 'flex-1' },
  { stage: 'training', label: 'Training', width: 'flex-[7]' },
  { stage: 'finalization', label: 'Finalise', width: 'flex-1' },
];

const fill = (job: TrainingJob, position: number, at: number): number => {
  if (job.status === 'completed' || position < at) return 100;
  if (position > at) return 0;
  return STAGES[position]?.stage === 'training' && job.total_steps
    ? (job.current_step / job.total_steps) * 100
    : 50;
};

/** Grey where nobody is at work: a run that rests is not to be taken for one that runs. */
const colourOf = ({ status }: TrainingJob, isHere: boolean): string => {
  if (status === 'failed' && isHere) return 'bg-bad-fill';
  return status === 'paused' || status === 'interrupted' ? 'bg-line-control' : 'bg-accent';
};

/** Waiting, running, resting, done with its time, or failed at. */
export const StageBar = ({
  job,
  times,
  checking,
}: {
  readonly job: TrainingJob;
  readonly times: ReadonlyMap<JobStage, number>;
  /** Since when, in ms, the adapter has been checked; null while it is not. */
  readonly checking: number | null;
}) => {
  const at = STAGES.findIndex(({ stage }) => stage === job.current_stage);
  return (
    <ol aria-label="Stages" className="mt-2 flex gap-0.5">
      {STAGES.map(({ stage, label, width }, position) => {
        const done = fill(job, position, at) === 100;
        const time = times.get(stage);
        return (
          <li
            key={stage}
            aria-current={position === at ? 'step' : undefined}
            className={classNames('min-w-0', width)}
          >
            <div className="h-1.5 overflow-hidden rounded-sm bg-active">
              <div
                className={classNames('h-full', colourOf(job, position === at))}
                style={{ width: `${fill(job, position, at)}%` }}
              />
            </div>
            <p
              className={classNames(
                'mt-1 flex items-center gap-1 truncate text-xs',
                position === at && !done ? 'font-medium text-ink' : 'text-ink-3',
              )}
            >
              {done ? <Check aria-label="done" className="size-3 shrink-0" /> : null}
              <span className="truncate tabular-nums">
                {checking !== null && position === at ? (
                  <>
                    Check <RunningClock since={checking} />
                  </>
                ) : (
                  `${label}${time === undefined ? '' : ` ${formatStopwatch(time)}`}`
                )}
              </span>
            </p>
          </li>
        );
      })}
    </ol>
  );
};
