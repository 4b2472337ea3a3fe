import {
  ArrowDown,
  ArrowUp,
  Ban,
  Box,
  MessageSquare,
  Pause,
  Play,
  Plus,
  RotateCcw,
  Save,
  SlidersHorizontal,
  Trash2,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { api } from '../../api';
import { showToast } from '../../components/toasts';
import type { Checkpoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';
import { isResumable } from '../../lib/training/job-states';
import { askPage } from '../../page-asks';
import { paths } from '../../paths';
import { jobs } from '../../stores';
import { changeSettingsPath, remedyOf, waysOn } from './failures';
import type { Way } from './failures';
import { canCancel, isRunning } from './job-words';
import { resumeJob } from './resuming';

type Navigate = (path: string) => void;

/** Something to do with a job: `verb “its name” after`. */
export interface Doing {
  readonly verb: string;
  /** Where the job is plain: in its own menu. */
  readonly label: string;
  /** `…` where a question comes first. */
  readonly after?: string;
  readonly icon: LucideIcon;
  /** Goes on from the last checkpoint. */
  readonly resumes?: boolean;
  readonly run: () => unknown;
}

export const retryJob = async (job: TrainingJob, navigate: Navigate): Promise<void> => {
  const again = await api.jobs.retry({ id: job.id });
  jobs.put(again);
  navigate(paths.job(again.id));
};

export const saveCheckpoint = async ({ id }: TrainingJob): Promise<void> => {
  await api.jobs.checkpoint_now({ id });
  showToast('Checkpoint asked for', 'It is saved after this step.');
};

/** Opens the job's page, and there the dialog. */
const asking = (job: TrainingJob, navigate: Navigate) => (what: 'cancel' | 'sample' | 'delete') => () => {
  askPage(paths.job(job.id), what);
  navigate(paths.job(job.id));
};

const runningDoings = (job: TrainingJob, ask: ReturnType<typeof asking>): readonly Doing[] => {
  const pause = async () => jobs.put(await api.jobs.pause({ id: job.id }));
  const trains = job.current_stage === 'training';
  return [
    { verb: 'Pause', label: 'Pause', icon: Pause, run: pause },
    ...(trains
      ? [
          {
            verb: 'Save a checkpoint of',
            label: 'Save a checkpoint',
            icon: Save,
            run: () => saveCheckpoint(job),
          },
          { verb: 'Sample', label: 'Sample now…', after: ' now…', icon: MessageSquare, run: ask('sample') },
        ]
      : []),
  ];
};

const resumeDoing = (job: TrainingJob): Doing => ({
  verb: 'Resume',
  label: 'Resume',
  icon: Play,
  resumes: true,
  run: () => resumeJob(job),
});

/** A way on from a failure, as it is called among others. */
export const wayDoing = (way: Way, job: TrainingJob, navigate: Navigate): Doing => {
  switch (way) {
    case 'resume':
      return resumeDoing(job);
    case 'retry':
      return {
        verb: 'Retry',
        label: job.current_step > 0 ? 'Retry from step 0' : 'Retry unchanged',
        icon: RotateCcw,
        run: () => retryJob(job, navigate),
      };
    case 'change':
      return {
        verb: 'Change the settings of',
        label: remedyOf(job).words,
        icon: SlidersHorizontal,
        run: () => navigate(changeSettingsPath(job)),
      };
  }
};

const modelDoing = (modelId: string, navigate: Navigate): Doing => ({
  verb: 'Open the model of',
  label: 'Open model',
  icon: Box,
  run: () => navigate(paths.model(modelId)),
});

interface Known {
  readonly from?: Checkpoint | null | undefined;
  readonly isSaving: boolean;
  /** The model that came of it, where it is still there. */
  readonly modelId: string | null;
}

const stateDoings = (job: TrainingJob, navigate: Navigate, { from, modelId }: Known): readonly Doing[] => {
  if (isRunning(job)) return runningDoings(job, asking(job, navigate));
  if (job.status === 'failed') return waysOn(job, from).map((way) => wayDoing(way, job, navigate));
  if (modelId !== null) return [modelDoing(modelId, navigate)];
  return isResumable(job.status) ? [resumeDoing(job)] : [];
};

/** What can be done to its place among those that wait; `waiting` in their order. */
export const moveDoings = (job: TrainingJob, waiting: readonly TrainingJob[]): readonly Doing[] => {
  const at = waiting.findIndex(({ id }) => id === job.id);
  if (at < 0) return [];
  const move = (to: number) => () => api.jobs.move({ id: job.id, to });
  return [
    ...(at > 0 ? [{ verb: 'Move', after: ' up', label: 'Move up', icon: ArrowUp, run: move(at - 1) }] : []),
    ...(at < waiting.length - 1
      ? [{ verb: 'Move', after: ' down', label: 'Move down', icon: ArrowDown, run: move(at + 1) }]
      : []),
  ];
};

const likeDoing = (job: TrainingJob, navigate: Navigate): Doing => ({
  verb: 'New run like',
  label: 'New run like this',
  icon: Plus,
  run: () => navigate(paths.newRunLike(job.id)),
});

/** Everything that can be done with a job in its state; `from` as for `waysOn`, `isSaving` as of `useIsSaving`. */
export const doingsOf = (job: TrainingJob, navigate: Navigate, known: Known): readonly Doing[] => {
  if (known.isSaving) return [likeDoing(job, navigate)];
  const ask = asking(job, navigate);
  return [
    ...stateDoings(job, navigate, known),
    likeDoing(job, navigate),
    canCancel(job)
      ? { verb: 'Cancel', label: 'Cancel…', after: '…', icon: Ban, run: ask('cancel') }
      : { verb: 'Delete run', label: 'Delete…', after: '…', icon: Trash2, run: ask('delete') },
  ];
};
