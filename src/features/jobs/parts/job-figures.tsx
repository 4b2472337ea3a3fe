import { Check } from 'lucide-react';
import { classNames } from '../../../components/class-names';
import {
  formatAmount,
  formatChange,
  formatClock,
  formatCount,
  formatDuration,
  formatLoss,
  formatMemory,
  formatMoney,
  formatRoughDuration,
  NOTHING,
} from '../../../components/format';
import { Figure, Panel } from '../../../components/layout';
import { useNow } from '../../../components/time';
import { JobStage } from '../../../lib/types/lora-training';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useValue } from '../../../live-value';
import { settings } from '../../../stores';
import { heldOutOf } from '../job-run';
import type { JobRun } from '../job-run';
import { isRunning, timeLeftMs, trainedMs } from '../job-words';

const STALE_MS = 60_000;

export const JobFigures = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const now = useNow();
  const silent = now - new Date(job.updated_at).getTime();
  const stale = isRunning(job) && silent > STALE_MS;
  return (
    <Panel plain className="px-4 pt-3 pb-2">
      <dl
        className={classNames('flex flex-wrap justify-between gap-x-3 gap-y-2', stale && '[&_dd]:text-ink-3')}
      >
        <Figure label="Step" value={steps(job)} source={`${job.progress.toFixed(1)} %, ${epochs(job)}`} />
        <TimeFigure job={job} now={now} stale={stale ? `no news for ${formatDuration(silent)}` : null} />
        <LossFigure job={job} run={run} />
        <MemoryFigure job={job} run={run} />
        <CostFigure job={job} />
      </dl>
      <StageBar job={job} />
    </Panel>
  );
};

const steps = ({ current_step, total_steps }: TrainingJob): string =>
  `${formatCount(current_step)} of ${total_steps === null ? NOTHING : formatCount(total_steps)}`;

/** The trainer counts epochs from 0; people from 1. */
const epochs = ({ current_epoch, total_epochs, started_at }: TrainingJob): string =>
  started_at === null
    ? formatAmount(total_epochs, 'epoch')
    : `epoch ${Math.min(current_epoch + 1, total_epochs)} of ${total_epochs}`;

const TimeFigure = ({
  job,
  now,
  stale,
}: {
  readonly job: TrainingJob;
  readonly now: number;
  readonly stale: string | null;
}) => {
  const left = timeLeftMs(job, now);
  const spent = trainedMs(job);
  if (!isRunning(job))
    return (
      <Figure
        label="Time"
        value={spent === null ? NOTHING : formatDuration(spent)}
        source={
          spent === null ? 'not started' : job.completed_at === null ? 'spent so far' : 'from start to end'
        }
      />
    );
  if (left === null)
    return <Figure label="Time left" value={NOTHING} source={stale ?? 'measured once steps run'} />;
  return (
    <Figure
      label="Time left"
      value={formatRoughDuration(left)}
      source={stale ?? `ends ≈ ${formatClock(now + left)}, as measured`}
    />
  );
};

const LossFigure = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const { base, best } = heldOutOf(run);
  if (!best)
    return (
      <Figure
        label="Held-out loss, best"
        value={base ? formatLoss(base.loss) : NOTHING}
        source={base ? 'untouched model' : job.completed_at === null ? 'not measured yet' : 'not measured'}
      />
    );
  const change = base ? formatChange(base.loss, best.loss) : null;
  return (
    <Figure
      label="Held-out loss, best"
      value={formatLoss(best.loss)}
      aside={
        change ? (
          <span className={base && best.loss < base.loss ? 'text-good' : 'text-warn'}>{change}</span>
        ) : null
      }
      source={`step ${formatCount(best.step)}${base ? `; untouched model ${formatLoss(base.loss)}` : ''}`}
    />
  );
};

const MemoryFigure = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const measured = Math.max(
    job.current_metrics?.peak_memory_bytes ?? 0,
    ...run.points.slice(-2000).map(({ gpu_memory_bytes }) => gpu_memory_bytes ?? 0),
  );
  const onCard = job.gpu_config.num_gpus > 0;
  const device = onCard ? `card ${job.gpu_config.gpu_memory_gb} GB` : 'on the processor';
  if (measured === 0)
    return <Figure label="Memory, peak" value={NOTHING} source={onCard ? device : 'no card in use'} />;
  return <Figure label="Memory, peak" value={formatMemory(measured)} source={device} />;
};

const CostFigure = ({ job }: { readonly job: TrainingJob }) => {
  const prices = useValue(settings);
  if (!prices || (prices.cost_per_gpu_hour === 0 && prices.price_per_kwh === 0))
    return <Figure label="Cost" value={NOTHING} source="no price set in Settings" />;
  return (
    <Figure
      label="Cost"
      value={formatMoney(job.final_cost ?? job.current_cost, prices.currency)}
      source={`of ≈ ${formatMoney(job.estimated_total_cost, prices.currency)}`}
    />
  );
};

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

const StageBar = ({ job }: { readonly job: TrainingJob }) => {
  const at = STAGES.findIndex(({ stage }) => stage === job.current_stage);
  return (
    <ol aria-label="Stages" className="mt-2 flex gap-0.5">
      {STAGES.map(({ stage, label, width }, position) => {
        const done = fill(job, position, at) === 100;
        return (
          <li
            key={stage}
            aria-current={position === at ? 'step' : undefined}
            className={classNames('min-w-0', width)}
          >
            <div className="h-1.5 overflow-hidden rounded-sm bg-active">
              <div
                className={classNames(
                  'h-full',
                  job.status === 'failed' && position === at ? 'bg-bad-fill' : 'bg-accent',
                )}
                style={{ width: `${fill(job, position, at)}%` }}
              />
            </div>
            <p
              className={classNames(
                'mt-1 flex items-center gap-1 truncate text-xs',
                position === at && !done ? 'font-medium text-ink' : 'text-ink-3',
              )}
            >
              {done ? <Check aria-label="done" className="size-3" /> : null}
              {label}
            </p>
          </li>
        );
      })}
    </ol>
  );
};
