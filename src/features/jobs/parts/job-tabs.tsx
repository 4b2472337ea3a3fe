import { Badge } from '../../../components/badge';
import { DataTable } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatExactTime,
  formatHash,
  formatLoss,
  NOTHING,
} from '../../../components/format';
import { Facts, Panel } from '../../../components/layout';
import { Tabs } from '../../../components/overlays';
import { api } from '../../../api';
import { versionedName } from '../../../lib/training/mixture';
import type { Checkpoint } from '../../../lib/types/job-records';
import { useNow } from '../../../components/time';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useKeptTab } from '../../../kept-state';
import { paths } from '../../../paths';
import { useLoad } from '../../../use-load';
import { eventRows } from '../event-words';
import type { JobRun } from '../job-run';
import { recordWords } from '../plan-words';
import { settingRows } from '../setting-words';
import type { Decided } from '../setting-words';
import { nextSamplesWords } from '../time-left';
import { EventList } from './event-list';
import { LogView } from './log-view';
import { Samples } from './samples';

export const JobTabs = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const first = run.points.length === 0 && job.status === 'failed' ? 'events' : 'samples';
  const [tab, setTab] = useKeptTab(paths.job(job.id), first);
  const now = useNow();
  const tabs = [
    { id: 'samples', label: 'Samples', content: <Samples run={run} /> },
    { id: 'log', label: 'Log', content: <LogView job={job} run={run} /> },
    {
      id: 'events',
      label: 'Events',
      count: formatCount(eventRows(run.events).length + run.eventsLeftOut),
      content: <EventList jobId={job.id} run={run} />,
    },
    { id: 'settings', label: 'Settings', content: <RunSettings job={job} run={run} /> },
    {
      id: 'checkpoints',
      label: 'Checkpoints',
      count: formatCount(run.checkpoints.filter(({ pruned }) => !pruned).length),
      content: <Checkpoints run={run} />,
    },
  ];
  return (
    <Panel plain>
      <Tabs
        inset
        label="Run"
        tabs={tabs}
        value={tab}
        onChange={setTab}
        aside={tab === 'samples' ? nextSamplesWords(job, now) : null}
      />
    </Panel>
  );
};

const planNumber = (job: TrainingJob, key: string): string | undefined => {
  const value = job.plan?.[key];
  return typeof value === 'number' ? formatCount(value) : undefined;
};

/** What became of the settings that were left to the trainer. */
const decidedIn = (job: TrainingJob, run: JobRun): Decided => {
  const hello = run.events.findLast(({ event }) => event === 'hello')?.payload;
  const packing: unknown = Reflect.get(Object(job.plan?.['packing']), 'packed');
  return {
    eval_steps: planNumber(job, 'eval_every'),
    save_steps: planNumber(job, 'save_every'),
    precision: typeof hello?.['precision'] === 'string' ? hello['precision'] : undefined,
    packing: typeof packing === 'boolean' ? (packing ? 'on' : 'off') : undefined,
  };
};

const RunSettings = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const { state } = useLoad(job.id, () => api.jobs.datasets({ id: job.id }));
  const records = recordWords(job);
  const about = [
    ['Base model', job.hyperparameters.base_model],
    ['Data', state.kind === 'ready' ? versionedName(state.value) : NOTHING],
    ...(records === null ? [] : [['Records', records] as const]),
  ] as const;
  return (
    <div className="grid grid-cols-1 items-start gap-x-8 gap-y-1 p-4 medium:grid-cols-2">
      {halves([...about, ...settingRows(job.hyperparameters, decidedIn(job, run))]).map((rows) => (
        <Facts key={rows[0]?.[0]} rows={rows} />
      ))}
    </div>
  );
};

const halves = <Row,>(rows: readonly Row[]): (readonly Row[])[] => {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
};

const COLUMNS: readonly Column<Checkpoint>[] = [
  { key: 'step', head: 'Step', right: true, cell: ({ step }) => formatCount(step) },
  {
    key: 'loss',
    head: 'Held-out loss',
    right: true,
    cell: ({ validation_loss }) => formatLoss(validation_loss),
  },
  {
    key: 'size',
    head: 'Size',
    right: true,
    cell: ({ size_bytes, pruned }) => (pruned ? NOTHING : formatBytes(size_bytes)),
  },
  {
    key: 'sha',
    head: 'SHA-256',
    cell: ({ sha256 }) => (
      <span className="font-mono text-mono" title={sha256}>
        {formatHash(sha256)}
      </span>
    ),
  },
  {
    key: 'time',
    head: 'Saved',
    cell: ({ created_at }) => (
      <time dateTime={created_at} title={formatExactTime(created_at)}>
        {formatClock(created_at)}
      </time>
    ),
  },
  {
    key: 'state',
    head: 'State',
    grow: true,
    cell: ({ best, pruned }) => (best ? <Badge tone="accent">best</Badge> : pruned ? 'pruned' : 'kept'),
  },
];

const Checkpoints = ({ run }: { readonly run: JobRun }) =>
  run.checkpoints.length === 0 ? (
    <p className="p-4 text-ink-2">
      No checkpoint yet. A paused or interrupted run goes on from its last one.
    </p>
  ) : (
    <DataTable
      label="Checkpoints"
      columns={COLUMNS}
      rows={run.checkpoints.toReversed()}
      rowKey={({ step }) => String(step)}
    />
  );
