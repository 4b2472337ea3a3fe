import { CircleCheck, CirclePause, CirclePlay, CircleSlash, CircleX, Save, Unplug } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { TONE_TEXT } from '../../../components/badge';
import type { Tone } from '../../../components/badge';
import { ProgressBar } from '../../../components/bars';
import { classNames } from '../../../components/class-names';
import { formatCount, formatDuration, formatLoss, NOTHING } from '../../../components/format';
import { ErrorNote } from '../../../components/states';
import { Ago, useNow } from '../../../components/time';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { models } from '../../../stores';
import { useAction } from '../../../use-load';
import { MainAction } from '../job-actions';
import { SAVING, STAGE_WORDS, STATUS_WORDS, timeLeftWords, trainedMs, verdictOf } from '../job-words';
import { useIsSaving } from '../use-saving';

const GRID =
  'grid grid-cols-[1rem_minmax(10rem,15.75rem)_minmax(0,1fr)_7rem_8.5rem] items-center gap-x-3 px-4 broad:grid-cols-[1rem_minmax(10rem,26rem)_minmax(0,1fr)_7rem_8.5rem]';

/** What the columns of every group are. */
export const RowHeads = () => (
  <div aria-hidden className={classNames(GRID, 'h-7 text-xs font-medium text-ink-3')}>
    <span className="col-start-2">Job</span>
    <span>State and result</span>
    <span className="text-right">Left or spent</span>
  </div>
);

const Row = ({
  job,
  icon: Icon,
  tone,
  word,
  under,
  state,
  right,
  tall,
}: {
  readonly job: TrainingJob;
  /** Other than that of its status. */
  readonly word?: string;
  readonly icon: LucideIcon;
  readonly tone: Tone;
  readonly under?: ReactNode;
  readonly state: ReactNode;
  readonly right: ReactNode;
  readonly tall?: boolean;
}) => {
  const action = useAction();
  return (
    <li data-row className="border-t hover:bg-hover">
      <div className={classNames(GRID, tall ? 'min-h-15 py-2' : 'min-h-10')}>
        <Icon
          aria-label={word ?? STATUS_WORDS[job.status].word}
          className={classNames('size-4', TONE_TEXT[tone])}
        />
        <div className="min-w-0">
          <Link
            href={paths.job(job.id)}
            title={job.name}
            className="block truncate font-medium hover:text-accent-text"
          >
            {job.name}
          </Link>
          {under ? <p className="truncate text-xs text-ink-2">{under}</p> : null}
        </div>
        <div className="min-w-0">{state}</div>
        <div className="text-right whitespace-nowrap text-ink-2">{right}</div>
        <div className="flex justify-end">
          <MainAction job={job} action={action} small />
        </div>
      </div>
      {action.failure ? (
        <div className="px-4 pb-2">
          <ErrorNote error={action.failure} onDismiss={action.clear} />
        </div>
      ) : null}
    </li>
  );
};

const baseAndRank = ({ hyperparameters }: TrainingJob): string =>
  `${hyperparameters.base_model}, rank ${hyperparameters.lora_rank}`;

/** Where a run at work is. */
const placeOf = (job: TrainingJob): string => {
  if (job.current_stage !== 'training' && job.current_stage !== 'finalization')
    return STAGE_WORDS[job.current_stage];
  return `${formatCount(job.current_step)} of ${job.total_steps === null ? NOTHING : formatCount(job.total_steps)}`;
};

export const RunningRow = ({ job }: { readonly job: TrainingJob }) => {
  const now = useNow();
  const isSaving = useIsSaving(job.id);
  const heldOut = job.current_metrics?.validation_loss;
  return (
    <Row
      job={job}
      tall
      icon={isSaving ? Save : CirclePlay}
      word={isSaving ? SAVING.word : undefined}
      tone={isSaving ? SAVING.tone : 'good'}
      under={baseAndRank(job)}
      right={isSaving ? NOTHING : timeLeftWords(job, now)}
      state={
        <div className="flex items-center gap-2">
          <ProgressBar label={`Progress of ${job.name}`} value={job.progress} className="w-22" />
          <span className="shrink-0 tabular-nums">{isSaving ? SAVING.word : placeOf(job)}</span>
          {heldOut === undefined ? null : (
            <span className="truncate text-ink-2">held-out {formatLoss(heldOut)}</span>
          )}
        </div>
      }
    />
  );
};

const NEEDS: Readonly<Record<string, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  failed: { icon: CircleX, tone: 'bad' },
  paused: { icon: CirclePause, tone: 'warn' },
  interrupted: { icon: Unplug, tone: 'warn' },
};

export const NeedsYouRow = ({ job }: { readonly job: TrainingJob }) => {
  const { icon, tone } = NEEDS[job.status] ?? { icon: Unplug, tone: 'warn' };
  const at = `at step ${formatCount(job.current_step)}${job.total_steps === null ? '' : ` of ${formatCount(job.total_steps)}`}`;
  const spent = trainedMs(job);
  return (
    <Row
      job={job}
      tall
      icon={icon}
      tone={tone}
      under={
        <>
          {STATUS_WORDS[job.status].word} <Ago time={job.updated_at} />
        </>
      }
      right={spent === null ? NOTHING : formatDuration(spent)}
      state={
        <>
          <p className="line-clamp-2 break-words" title={job.error_message ?? undefined}>
            {job.error_message ?? `${STATUS_WORDS[job.status].word} ${at}.`}
          </p>
          <p className="line-clamp-2 text-xs break-words text-ink-2" title={job.error_hint ?? undefined}>
            {job.error_hint ?? 'Resume goes on from the last checkpoint.'}
          </p>
        </>
      }
    />
  );
};

export const FinishedRow = ({ job }: { readonly job: TrainingJob }) => {
  const spent = trainedMs(job);
  const completed = job.status === 'completed';
  return (
    <Row
      job={job}
      icon={completed ? CircleCheck : CircleSlash}
      tone={completed ? 'good' : 'neutral'}
      state={<Result job={job} />}
      right={spent === null ? NOTHING : formatDuration(spent)}
    />
  );
};

const Result = ({ job }: { readonly job: TrainingJob }) => {
  const model = useRows(models).find(({ id }) => id === job.artifact_id);
  if (!model)
    return (
      <p className="truncate text-ink-2">
        {STATUS_WORDS[job.status].word} at step {formatCount(job.current_step)}
      </p>
    );
  const { words, figures, tone } = verdictOf(model);
  return (
    <p className="truncate">
      <span className={TONE_TEXT[tone]}>{words}</span> <span className="text-ink-2">{figures}</span>
    </p>
  );
};
