import { Activity } from 'lucide-react';
import { Badge } from '../../components/badge';
import { Page } from '../../components/layout';
import { JobSkeleton } from '../../components/skeletons';
import { Async, ErrorNote } from '../../components/states';
import { ThingPage } from '../../components/thing-page';
import type { TrainingJob } from '../../lib/types/lora-training';
import { useLive } from '../../live-store';
import { paths } from '../../paths';
import { jobs } from '../../stores';
import { useAction } from '../../use-load';
import { newestOf } from './failures';
import { MainAction } from './job-actions';
import { useJobRun } from './job-run';
import type { JobRun } from './job-run';
import { isRunning, SAVING, STATUS_WORDS } from './job-words';
import { InexactNote } from './parts/inexact-note';
import { JobFigures } from './parts/job-figures';
import { JobOutcome } from './parts/job-outcome';
import { JobTabs } from './parts/job-tabs';
import { LossPanel } from './parts/loss-panel';
import { QueuePlace } from './parts/queue-place';
import { RunMenu } from './parts/run-menu';
import { SmallCharts } from './parts/small-charts';
import { useIsSaving } from './use-saving';

const PARENT = { label: 'Jobs', href: paths.jobs };

export const JobPage = ({ id }: { readonly id: string }) => (
  <ThingPage
    id={id}
    state={useLive(jobs)}
    thing="job"
    icon={Activity}
    parent={PARENT}
    skeleton={<JobSkeleton />}
    onRetry={() => void jobs.reload()}
  >
    {(job) => <Ready key={job.id} job={job} />}
  </ThingPage>
);

const Ready = ({ job }: { readonly job: TrainingJob }) => {
  const run = useJobRun(job.id);
  const from = run.kind === 'ready' ? newestOf(run.value.checkpoints) : undefined;
  const action = useAction();
  const isSaving = useIsSaving(job.id);
  const { word, tone } = isSaving ? SAVING : STATUS_WORDS[job.status];
  return (
    <Page
      title={job.name}
      parent={PARENT}
      dense
      badges={
        <Badge tone={tone} live={isRunning(job)}>
          {word}
        </Badge>
      }
      actions={
        <>
          {isSaving ? null : <RunMenu job={job} action={action} from={from} />}
          <MainAction job={job} action={action} from={from} />
        </>
      }
    >
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      {job.status === 'queued' ? <QueuePlace job={job} /> : null}
      <JobOutcome job={job} run={run.kind === 'ready' ? run.value : null} />
      <InexactNote job={job} />
      <Async framed state={run} errorTitle="The run cannot be read" skeleton={<JobSkeleton />}>
        {(value) => <Run job={job} run={value} />}
      </Async>
    </Page>
  );
};

/** A run that ended before its first step has none, and keeps no room for them. */
const hasCurves = ({ status }: TrainingJob, { points }: JobRun): boolean =>
  points.length > 0 || (status !== 'failed' && status !== 'cancelled');

/** In one order whatever becomes of the run: nothing changes its place at the moment that it ends. */
const Run = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const curves = hasCurves(job, run);
  return (
    <>
      <JobFigures job={job} run={run} />
      {curves ? <LossPanel job={job} run={run} /> : null}
      <JobTabs job={job} run={run} />
      {curves ? <SmallCharts job={job} run={run} /> : null}
    </>
  );
};
