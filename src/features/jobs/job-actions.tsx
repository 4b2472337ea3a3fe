import { Box, Pause, Play, Plus } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useLocation } from 'wouter';
import { api } from '../../api';
import { Button } from '../../components/button';
import type { Checkpoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';
import { paths } from '../../paths';
import { jobs } from '../../stores';
import type { useAction } from '../../use-load';
import { waysOn } from './failures';
import { wayDoing } from './job-doings';
import { useKeptModel } from './kept-model';
import { resumeJob, useIsResuming } from './resuming';
import { useIsSaving } from './use-saving';

type Action = ReturnType<typeof useAction>;

/** Two clicks to a first curve: the bundled model learns the bundled sample. */
export const startTryIt = async (navigate: (path: string) => void): Promise<void> => {
  const job = await api.jobs.try_it();
  jobs.put(job);
  navigate(paths.job(job.id));
};

interface Doing {
  readonly name: string;
  readonly icon: LucideIcon;
  readonly run: () => Promise<void>;
  readonly quiet?: boolean;
  readonly resumes?: boolean | undefined;
}

const change = (job: TrainingJob, call: (input: { id: string }) => Promise<TrainingJob>) => async () =>
  jobs.put(await call({ id: job.id }));

/** What is best of what can be done: Retry only where nothing is thrown away, or nothing can be kept. */
const failedDoing = (
  job: TrainingJob,
  navigate: (path: string) => void,
  from: Checkpoint | null | undefined,
): Doing => {
  const [way = 'change'] = waysOn(job, from);
  const { label, icon, resumes, run } = wayDoing(way, job, navigate);
  return {
    name: way === 'retry' ? 'Retry' : label,
    icon,
    resumes,
    run: async () => {
      await run();
    },
  };
};

interface Known {
  readonly from: Checkpoint | null | undefined;
  /** The model that came of it, where it is still there. */
  readonly modelId: string | null;
}

const doingOf = (
  job: TrainingJob,
  navigate: (path: string) => void,
  { from, modelId }: Known,
): Doing | null => {
  const go = (path: string) => () => {
    navigate(path);
    return Promise.resolve();
  };
  const again = {
    name: 'New run like this',
    icon: Plus,
    run: go(paths.newRunLike(job.id)),
    quiet: true,
  };
  switch (job.status) {
    case 'initializing':
    case 'running':
      return { name: 'Pause', icon: Pause, run: change(job, api.jobs.pause) };
    case 'paused':
    case 'interrupted':
      return { name: 'Resume', icon: Play, run: () => resumeJob(job), resumes: true };
    case 'failed':
      return failedDoing(job, navigate, from);
    case 'completed':
      return modelId === null ? again : { name: 'Open model', icon: Box, run: go(paths.model(modelId)) };
    case 'queued':
    case 'cancelled':
      return again;
  }
};

/** Also with what was asked for elsewhere, as in a menu. */
const useIsBusy = ({ id }: TrainingJob, doing: Doing | null, { busy }: Action): boolean => {
  const isResuming = useIsResuming(id);
  return doing !== null && (busy === doing.name || (doing.resumes === true && isResuming));
};

/** A row has no room for an article. */
const shortened = (name: string): string => name.replace(' the ', ' ');

/** Longer names fill the column of a row without an icon. */
const LONGEST_BESIDE_ICON = 8;

/** The one thing to do with a job in its state. */
export const MainAction = ({
  job,
  action,
  small,
  from,
}: {
  readonly job: TrainingJob;
  readonly action: Action;
  /** The checkpoint that a stopped run goes on from; undefined where nobody has looked. */
  readonly from?: Checkpoint | null;
  readonly small?: boolean;
}) => {
  const [, navigate] = useLocation();
  const doing = doingOf(job, navigate, { from, modelId: useKeptModel(job) });
  const isBusy = useIsBusy(job, doing, action);
  if (useIsSaving(job.id) || !doing) return null;
  const name = small ? shortened(doing.name) : doing.name;
  return (
    <Button
      small={small}
      look={small || doing.quiet ? 'outlined' : 'filled'}
      icon={small && doing.name.length > LONGEST_BESIDE_ICON ? undefined : doing.icon}
      busy={isBusy}
      aria-label={small ? `${name}: ${job.name}` : undefined}
      onClick={() => action.run(doing.name, doing.run)}
    >
      {name}
    </Button>
  );
};
