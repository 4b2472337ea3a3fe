import type { Tone } from '../../components/badge';
import { formatLoss } from '../../components/format';
import { heldOutVerdict } from '../../lib/messages/held-out-verdict';
import type { HeldOutVerdict } from '../../lib/messages/held-out-verdict';
import type { JobStage, JobStatus, TrainingJob } from '../../lib/types/lora-training';
import type { ModelArtifact } from '../../lib/types/model-artifact';

export const STATUS_WORDS: Record<JobStatus, { readonly word: string; readonly tone: Tone }> = {
  queued: { word: 'Waiting', tone: 'neutral' },
  initializing: { word: 'Starting', tone: 'info' },
  running: { word: 'Running', tone: 'good' },
  completed: { word: 'Completed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'neutral' },
  paused: { word: 'Paused', tone: 'neutral' },
  interrupted: { word: 'Interrupted', tone: 'warn' },
};

/** Of a job whose trainer lost its app; its row says that it runs until the trainer has left. */
export const SAVING = { word: 'Saving', tone: 'info' } as const;

export const STAGE_WORDS: Record<JobStage, string> = {
  queued: 'waiting',
  preprocessing: 'preparing data',
  model_loading: 'loading the model',
  training: 'training',
  finalization: 'finalising',
};

export const isRunning = ({ status }: TrainingJob): boolean =>
  status === 'running' || status === 'initializing';

export const hasEnded = ({ status }: TrainingJob): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

export interface JobGroups {
  readonly running: readonly TrainingJob[];
  readonly waiting: readonly TrainingJob[];
  /** Failed or broken off: something is to be decided. */
  readonly needsYou: readonly TrainingJob[];
  /** By a person, who knows. */
  readonly paused: readonly TrainingJob[];
  readonly finished: readonly TrainingJob[];
}

/** A failed run that was tried again no longer needs anyone. */
export const groupJobs = (all: readonly TrainingJob[]): JobGroups => {
  const retried = new Set(all.map(({ retry_of }) => retry_of));
  const newest = all.toSorted((one, other) => other.updated_at.localeCompare(one.updated_at));
  const needsYou = newest.filter(
    ({ id, status }) => status === 'interrupted' || (status === 'failed' && !retried.has(id)),
  );
  return {
    running: newest.filter(isRunning),
    needsYou,
    paused: newest.filter(({ status }) => status === 'paused'),
    waiting: all
      .filter(({ status }) => status === 'queued')
      .toSorted((one, other) => one.position - other.position),
    finished: newest.filter((job) => hasEnded(job) && !needsYou.includes(job)),
  };
};

/** `1 running, 1 waiting, 2 need you`: only what there is, but always what runs. */
export const groupWords = ({ running, waiting, needsYou, paused }: JobGroups): string =>
  [
    `${running.length} running`,
    ...(waiting.length > 0 ? [`${waiting.length} waiting`] : []),
    ...(needsYou.length > 0 ? [`${needsYou.length} ${needsYou.length === 1 ? 'needs' : 'need'} you`] : []),
    ...(paused.length > 0 ? [`${paused.length} paused`] : []),
  ].join(', ');

const CAN_CANCEL: readonly JobStatus[] = ['queued', 'initializing', 'running', 'paused', 'interrupted'];

export const canCancel = ({ status }: TrainingJob): boolean => CAN_CANCEL.includes(status);

/** How long its trainers worked; null where none has. */
export const workedMs = ({ worked_ms, attempt }: TrainingJob): number | null =>
  attempt > 0 && worked_ms > 0 ? worked_ms : null;

/** What is lost with a run. */
export const lossesOf = (model: Pick<ModelArtifact, 'name'> | undefined): string =>
  model
    ? `Its curves, log, samples and checkpoints are lost, and its model “${model.name}” with them. Exports you made elsewhere stay.`
    : 'Its curves, log, samples and checkpoints are lost.';

export interface VerdictWords extends HeldOutVerdict {
  readonly figures: string;
  readonly tone: Tone;
}

const VERDICT_TONES: Record<HeldOutVerdict['kind'], Tone> = {
  better: 'good',
  worse: 'bad',
  same: 'warn',
  too_few: 'neutral',
  not_measured: 'neutral',
};

/** Better on held-out data or not, by how much, and at which step. */
export const verdictOf = ({
  quality_metrics: quality,
  training_summary: summary,
}: ModelArtifact): VerdictWords => {
  const { kind, words, method } = heldOutVerdict(quality);
  const [before, after] = [quality.base_validation_loss, quality.final_validation_loss];
  const figures =
    kind === 'not_measured'
      ? 'no records were held out'
      : `${formatLoss(before)} → ${formatLoss(after)}, step ${summary.source_step.toLocaleString('en-US')}`;
  return { kind, words, method, figures, tone: VERDICT_TONES[kind] };
};

/** The verdict with what it comes to, in one sentence. */
export const verdictWith = ({ words }: Pick<VerdictWords, 'words'>, rest: string): string =>
  `${words}${words.includes(':') ? ';' : ':'} ${rest}`;
