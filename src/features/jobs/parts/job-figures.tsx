import { classNames } from '../../../components/class-names';
import {
  capitalised,
  formatAmount,
  formatChange,
  formatCount,
  formatDuration,
  formatDurationBand,
  formatLoss,
  NOTHING,
} from '../../../components/format';
import { Figure, Panel } from '../../../components/layout';
import { RunningClock, useNow } from '../../../components/time';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { heldOutOf } from '../job-run';
import type { JobRun } from '../job-run';
import { isRunning, workedMs } from '../job-words';
import { epochWords, planned } from '../plan-words';
import { checkingSince, stageTimes } from '../run-times';
import { endWords, noTimeLeftWords, silenceWords, timeLeft } from '../time-left';
import type { TimeLeft } from '../time-left';
import { useExpected } from '../use-expected';
import { MemoryFigure } from './memory-figure';
import { StageBar } from './stage-bar';

export const JobFigures = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const now = useNow();
  const left = isRunning(job) ? timeLeft(job, now) : null;
  const checking = isRunning(job) ? checkingSince(run.events) : null;
  const silent = left !== null && left.silentMs !== null;
  return (
    <Panel plain className="px-4 pt-3 pb-2">
      <dl
        className={classNames(
          'grid grid-cols-2 gap-x-3 gap-y-2 medium:grid-cols-3 narrow:flex narrow:justify-between',
          silent && '[&_dd]:text-ink-3',
        )}
      >
        <Figure label="Step" value={steps(job)} source={`${job.progress.toFixed(1)} %, ${epochWords(job)}`} />
        {checking !== null ? (
          <CheckingFigure job={job} since={checking} />
        ) : isRunning(job) ? (
          <TimeLeftFigure job={job} now={now} left={left} />
        ) : (
          <TimeSpent job={job} />
        )}
        <LossFigure job={job} run={run} />
        <MemoryFigure job={job} run={run} />
        <TokensFigure job={job} run={run} />
      </dl>
      <StageBar job={job} times={stageTimes(run, isRunning(job) ? now : null)} checking={checking} />
    </Panel>
  );
};

const steps = ({ current_step, total_steps }: TrainingJob): string =>
  `${formatCount(current_step)} of ${total_steps === null ? NOTHING : formatCount(total_steps)}`;

/** The trainer is done; its app is not yet. */
const CheckingFigure = ({ job, since }: { readonly job: TrainingJob; readonly since: number }) => (
  <Figure
    label="Checking the adapter"
    value={<RunningClock since={since} />}
    source={noTimeLeftWords(job)}
    method="Checking that the adapter loads in plain PEFT. The run is completed once it does."
  />
);

const TimeLeftFigure = ({
  job,
  now,
  left,
}: {
  readonly job: TrainingJob;
  readonly now: number;
  readonly left: TimeLeft | null;
}) => {
  if (left === null) return <Figure label="Time left" value={NOTHING} source={noTimeLeftWords(job)} />;
  const { left: value, end } = endWords(left, now);
  return (
    <Figure
      label="Time left"
      value={value}
      source={
        left.silentMs === null
          ? `${end}, from the last ${formatAmount(job.current_metrics?.pace_steps ?? 1, 'step')}`
          : silenceWords(left.silentMs)
      }
      method="Steps left times the mean time of the last steps, evaluations and checkpoints included; ± is how far that mean moved over five steps each. Where it moved as far as the time itself, only a limit is told."
    />
  );
};

/** What lies between two attempts is nobody's work. */
const TimeSpent = ({ job }: { readonly job: TrainingJob }) => {
  const worked = workedMs(job);
  if (worked === null) return <TimeExpected job={job} />;
  return (
    <Figure
      label="Time"
      value={formatDuration(worked)}
      source={job.attempt > 1 ? `of work in ${formatAmount(job.attempt, 'attempt')}` : 'of work'}
      method="How long its trainers worked, from the start of the process to its end; the time between two attempts is not counted."
    />
  );
};

/** Before it begins: what is known of it from the runs before. */
const TimeExpected = ({ job }: { readonly job: TrainingJob }) => {
  const expected = useExpected(job.status === 'queued' ? [job] : []).get(job.id);
  return (
    <Figure
      label="Time"
      value={expected?.time_ms ? formatDurationBand(expected.time_ms) : NOTHING}
      source={expected?.time_ms ? 'expected' : 'not started'}
      method={expected?.time_method}
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

const TokensFigure = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
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
};
