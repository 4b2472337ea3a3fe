import { classNames } from '../../../components/class-names';
import {
  capitalised,
  formatAmount,
  formatChange,
  formatClock,
  formatCount,
  formatDuration,
  formatDurationBand,
  formatLoss,
  formatMemory,
  formatMoney,
  formatRoughDuration,
  NOTHING,
} from '../../../components/format';
import { Figure, Panel } from '../../../components/layout';
import { useNow } from '../../../components/time';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useValue } from '../../../live-value';
import { settings } from '../../../stores';
import { heldOutOf } from '../job-run';
import type { JobRun } from '../job-run';
import { isRunning, trainedMs } from '../job-words';
import { stageTimes, timeLeftBand } from '../run-times';
import { StageBar } from './stage-bar';

const STALE_MS = 60_000;
/** Fewer steps give a time but no band. */
const ENOUGH_STEPS = 10;

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
        <TimeFigure
          job={job}
          run={run}
          now={now}
          stale={stale ? `no news for ${formatDuration(silent)}` : null}
        />
        <LossFigure job={job} run={run} />
        <MemoryFigure job={job} run={run} />
        <CostFigure job={job} run={run} />
      </dl>
      <StageBar job={job} times={stageTimes(run, isRunning(job) ? now : null)} />
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
  run,
  now,
  stale,
}: {
  readonly job: TrainingJob;
  readonly run: JobRun;
  readonly now: number;
  readonly stale: string | null;
}) => {
  if (!isRunning(job)) return <TimeSpent job={job} run={run} />;
  const left = timeLeftBand(run.points, job.total_steps);
  if (left === null)
    return <Figure label="Time left" value={NOTHING} source={stale ?? 'measured once steps run'} />;
  const ends = formatClock(now + left.expected);
  return (
    <Figure
      label="Time left"
      value={left.steps < ENOUGH_STEPS ? formatRoughDuration(left.expected) : formatDurationBand(left)}
      source={stale ?? `ends ≈ ${ends}, from the last ${formatAmount(left.steps, 'step')}`}
      method="Steps left times the mean time of the last steps, evaluations and checkpoints included; ± is how far that mean moved over five steps each."
    />
  );
};

/** What lies between two attempts is nobody's work. */
const TimeSpent = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const whole = trainedMs(job);
  if (whole === null) return <Figure label="Time" value={NOTHING} source="not started" />;
  if (job.attempt <= 1)
    return (
      <Figure
        label="Time"
        value={formatDuration(whole)}
        source={job.completed_at === null ? 'spent so far' : 'from start to end'}
      />
    );
  const worked = [...stageTimes(run, null).values()].reduce((sum, ms) => sum + ms, 0);
  return (
    <Figure
      label="Time"
      value={formatDuration(worked)}
      source={`of work in ${formatAmount(job.attempt, 'attempt')}`}
      method="The times of its stages over all attempts; the time between two attempts is not counted."
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
      method={`${capitalised(best.method)}, over ${formatCount(best.tokens)} tokens of ${formatAmount(best.records, 'held-out record')}.`}
    />
  );
};

const MemoryFigure = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const measured = Math.max(
    job.current_metrics?.peak_memory_bytes ?? 0,
    ...run.points.slice(-2000).map(({ gpu_memory_bytes }) => gpu_memory_bytes ?? 0),
  );
  const onCard = job.gpu_config.num_gpus > 0;
  if (measured === 0 && !onCard) return <RecordsFigure job={job} />;
  return (
    <Figure
      label="Memory, peak"
      value={measured === 0 ? NOTHING : formatMemory(measured)}
      source={onCard ? `card ${job.gpu_config.gpu_memory_gb} GB` : 'on the processor'}
      method="The highest that any step reported, in GB of 2³⁰ bytes."
    />
  );
};

const planned = (job: TrainingJob, key: string): number | null => {
  const value = job.plan?.[key];
  return typeof value === 'number' ? value : null;
};

/** A processor's memory is not measured by step: what is learned from stands in its place. */
const RecordsFigure = ({ job }: { readonly job: TrainingJob }) => {
  const [trained, heldOut] = [planned(job, 'train_records'), planned(job, 'held_out_records')];
  if (trained === null) return <Figure label="Records" value={NOTHING} source="counted with the data" />;
  return (
    <Figure
      label="Records"
      value={formatCount(trained)}
      source={`${formatCount(heldOut ?? 0)} held out, by conversation`}
    />
  );
};

/** Money where a price is set, else the tokens that were read. */
const CostFigure = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const prices = useValue(settings);
  if (!prices || prices.cost_per_gpu_hour === 0) {
    const total = planned(job, 'total_tokens');
    return (
      <Figure
        label="Tokens"
        value={formatCount(run.points.at(-1)?.tokens ?? 0)}
        source={
          total === null || job.completed_at !== null
            ? 'read, padding excluded'
            : `of ≈ ${formatCount(total)}, padding excluded`
        }
      />
    );
  }
  return (
    <Figure
      label="Cost"
      value={formatMoney(job.final_cost ?? job.current_cost, prices.currency)}
      source={`of ≈ ${formatMoney(job.estimated_total_cost, prices.currency)}`}
      method="The hours that trainers worked on it, times your own price of a card’s hour in Settings."
    />
  );
};
