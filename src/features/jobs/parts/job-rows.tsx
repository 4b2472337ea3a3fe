import { CircleCheck, CirclePause, CirclePlay, CircleSlash, CircleX, Save, Unplug } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { attempt } from '../../../attempt';
import { TONE_TEXT } from '../../../components/badge';
import type { Tone } from '../../../components/badge';
import { ProgressBar } from '../../../components/bars';
import { classNames } from '../../../components/class-names';
import { formatCount, formatDuration, formatLoss, NOTHING } from '../../../components/format';
import { ContextRow } from '../../../components/context-row';
import { ErrorNote } from '../../../components/states';
import { Ago, useNow } from '../../../components/time';
import type { Checkpoint } from '../../../lib/types/job-records';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { models } from '../../../stores';
import { useAction } from '../../../use-load';
import { MainAction } from '../job-actions';
import { doingsOf } from '../job-doings';
import { useKeptModel } from '../kept-model';
import { SAVING, STATUS_WORDS, verdictOf, workedMs } from '../job-words';
import { whatNowWords } from '../resume-words';
import { rowWords } from '../time-left';
import { useBaseLoss } from '../use-base-loss';
import { useResumePoint } from '../use-resume-point';
import { useIsSaving } from '../use-saving';
import { ACTION, GRID, STATE, TIME } from './job-grid';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';

/** What the columns of every group are. */
export const RowHeads = () => (
  <div aria-hidden className={classNames(GRID, 'h-7 text-xs font-medium text-ink-3 max-medium:hidden')}>
    <span className="col-start-2">Job</span>
    <span>State and result</span>
    <span className="text-right">Time</span>
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
  from,
}: {
  readonly job: TrainingJob;
  /** The checkpoint that a stopped run goes on from; undefined where nobody has looked. */
  readonly from?: Checkpoint | null;
  /** Other than that of its status. */
  readonly word?: string;
  readonly icon: LucideIcon;
  readonly tone: Tone;
  readonly under?: ReactNode;
  readonly state: ReactNode;
  readonly right: ReactNode;
  readonly tall?: boolean;
}) => {
  const [, navigate] = useLocation();
  const action = useAction();
  const isSaving = useIsSaving(job.id);
  const modelId = useKeptModel(job);
  const actions = doingsOf(job, navigate, { from, isSaving, modelId }).map(({ label, run }) => ({
    label,
    onSelect: () => void attempt(`Not done to “${job.name}”: ${label}`, run),
  }));
  return (
    <ContextRow actions={actions} className="relative border-t hover:bg-hover">
      <div className={classNames(GRID, 'py-2', tall ? 'min-h-15' : 'min-h-10 medium:py-0')}>
        <Icon
          aria-label={word ?? STATUS_WORDS[job.status].word}
          className={classNames('size-4', TONE_TEXT[tone])}
        />
        <div className="min-w-0">
          <Link
            href={paths.job(job.id)}
            title={visibleText(job.name)}
            className="block truncate font-medium after:absolute after:inset-0 hover:text-accent-text"
          >
            <FileText>{job.name}</FileText>
          </Link>
          {under ? <p className="truncate text-xs text-ink-2">{under}</p> : null}
        </div>
        <div className={STATE}>{state}</div>
        <div className={classNames(TIME, tall ? 'text-balance' : 'whitespace-nowrap')}>{right}</div>
        <div className={ACTION}>
          <MainAction job={job} action={action} from={from} small />
        </div>
      </div>
      {action.failure ? (
        <div className="relative px-4 pb-2">
          <ErrorNote error={action.failure} onDismiss={action.clear} />
        </div>
      ) : null}
    </ContextRow>
  );
};

const baseAndRank = ({ hyperparameters }: TrainingJob): string =>
  `${hyperparameters.base_model}, rank ${hyperparameters.lora_rank}`;

export const RunningRow = ({ job }: { readonly job: TrainingJob }) => {
  const now = useNow();
  const isSaving = useIsSaving(job.id);
  const { place, left } = rowWords(job, now);
  const heldOut = job.current_metrics?.validation_loss;
  const base = useBaseLoss(job);
  return (
    <Row
      job={job}
      tall
      icon={isSaving ? Save : CirclePlay}
      word={isSaving ? SAVING.word : undefined}
      tone={isSaving ? SAVING.tone : 'good'}
      under={baseAndRank(job)}
      right={isSaving ? NOTHING : left}
      state={
        <div className="flex flex-wrap items-center gap-x-2">
          <ProgressBar label={visibleText(`Progress of ${job.name}`)} value={job.progress} className="w-16" />
          <span className="shrink-0 tabular-nums">{isSaving ? SAVING.word : place}</span>
          {heldOut === undefined ? null : (
            <span className="truncate text-ink-2">
              held-out {formatLoss(heldOut)}
              {base === null ? '' : ` from ${formatLoss(base)}`}
            </span>
          )}
        </div>
      }
    />
  );
};

const NEEDS: Readonly<Record<string, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  failed: { icon: CircleX, tone: 'bad' },
  paused: { icon: CirclePause, tone: 'neutral' },
  interrupted: { icon: Unplug, tone: 'warn' },
};

/** Failed, broken off or paused: where it stands, and what can be done. */
export const StoppedRow = ({ job }: { readonly job: TrainingJob }) => {
  const { icon, tone } = NEEDS[job.status] ?? { icon: Unplug, tone: 'warn' };
  const from = useResumePoint(job);
  const { word } = STATUS_WORDS[job.status];
  const total = job.total_steps === null ? '' : ` of ${formatCount(job.total_steps)}`;
  const at = `step ${formatCount(job.current_step)}${total}`;
  const why = job.error_message ?? `${word} at ${at}.`;
  const now = whatNowWords(job, from);
  return (
    <Row
      job={job}
      from={from}
      tall
      icon={icon}
      tone={tone}
      under={
        <>
          {word} <Ago time={job.updated_at} />
          {job.error_message !== null && job.current_step > 0 ? `, ${at}` : ''}
        </>
      }
      right={timeWords(job)}
      state={
        <>
          <p className="line-clamp-2 break-words" title={why}>
            {why}
          </p>
          <p className="line-clamp-2 text-xs break-words text-ink-2" title={now}>
            {now}
          </p>
        </>
      }
    />
  );
};

const timeWords = (job: TrainingJob): string => {
  const worked = workedMs(job);
  return worked === null ? NOTHING : `${formatDuration(worked)} worked`;
};

export const FinishedRow = ({ job }: { readonly job: TrainingJob }) => {
  const completed = job.status === 'completed';
  return (
    <Row
      job={job}
      icon={completed ? CircleCheck : CircleSlash}
      tone={completed ? 'good' : 'neutral'}
      state={<Result job={job} />}
      right={timeWords(job)}
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
  const { words, method, figures, tone } = verdictOf(model);
  return (
    <p className="flex flex-wrap gap-x-2 medium:flex-nowrap" title={`${words}, ${figures}. ${method}`}>
      <span className={classNames('truncate', TONE_TEXT[tone])}>{words}</span>
      <span className="shrink-0 text-ink-2">{figures}</span>
    </p>
  );
};
