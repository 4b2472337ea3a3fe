import { Box, Pause, Play, Plus, RotateCcw, SlidersHorizontal } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useLocation } from 'wouter';
import { api } from '../../api';
import { Button } from '../../components/button';
import type { TrainingJob } from '../../lib/types/lora-training';
import { paths } from '../../paths';
import { jobs } from '../../stores';
import type { useAction } from '../../use-load';
import { retryJob } from './job-doings';
import { changeSettingsPath, mayPass } from './job-words';
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
}

const change = (job: TrainingJob, call: (input: { id: string }) => Promise<TrainingJob>) => async () =>
  jobs.put(await call({ id: job.id }));

/** The same again only where that can end otherwise. */
const failedDoing = (job: TrainingJob, navigate: (path: string) => void): Doing =>
  mayPass(job)
    ? { name: 'Retry', icon: RotateCcw, run: () => retryJob(job, navigate) }
    : {
        name: 'Change the settings',
        icon: SlidersHorizontal,
        run: () => {
          navigate(changeSettingsPath(job));
          return Promise.resolve();
        },
      };

const doingOf = (job: TrainingJob, navigate: (path: string) => void): Doing | null => {
  const go = (path: string) => () => {
    navigate(path);
    return Promise.resolve();
  };
  switch (job.status) {
    case 'initializing':
    case 'running':
      return { name: 'Pause', icon: Pause, run: change(job, api.jobs.pause) };
    case 'paused':
    case 'interrupted':
      return { name: 'Resume', icon: Play, run: change(job, api.jobs.resume) };
    case 'failed':
      return failedDoing(job, navigate);
    case 'completed':
      return job.artifact_id === null
        ? null
        : { name: 'Open model', icon: Box, run: go(paths.model(job.artifact_id)) };
    case 'queued':
    case 'cancelled':
      return { name: 'New run like this', icon: Plus, run: go(paths.newRunLike(job.id)), quiet: true };
  }
};

/** Fill the column of a row without an icon. */
const LONG_NAMES: readonly string[] = ['Open model', 'Change the settings'];

/** The one thing to do with a job in its state. */
export const MainAction = ({
  job,
  action,
  small,
}: {
  readonly job: TrainingJob;
  readonly action: Action;
  readonly small?: boolean;
}) => {
  const [, navigate] = useLocation();
  const doing = doingOf(job, navigate);
  if (useIsSaving(job.id) || !doing) return null;
  return (
    <Button
      small={small}
      look={small || doing.quiet ? 'outlined' : 'filled'}
      icon={small && LONG_NAMES.includes(doing.name) ? undefined : doing.icon}
      busy={action.busy === doing.name}
      aria-label={small ? `${doing.name}: ${job.name}` : undefined}
      onClick={() => action.run(doing.name, doing.run)}
    >
      {doing.name}
    </Button>
  );
};
