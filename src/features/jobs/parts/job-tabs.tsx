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
import type { Checkpoint } from '../../../lib/types/job-records';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useKeptTab } from '../../../kept-state';
import { paths } from '../../../paths';
import { eventTone, eventWords } from '../event-words';
import { stepOf } from '../job-run';
import type { JobRun } from '../job-run';
import { LogView } from './log-view';
import { Samples } from './samples';

export const JobTabs = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const first = run.points.length === 0 && job.status === 'failed' ? 'events' : 'samples';
  const [tab, setTab] = useKeptTab(paths.job(job.id), first);
  const tabs = [
    { id: 'samples', label: 'Samples', content: <Samples run={run} /> },
    { id: 'log', label: 'Log', content: <LogView job={job} /> },
    { id: 'events', label: 'Events', count: formatCount(run.events.length), content: <Events run={run} /> },
    { id: 'settings', label: 'Settings', content: <RunSettings job={job} /> },
    {
      id: 'checkpoints',
      label: 'Checkpoints',
      count: formatCount(run.checkpoints.filter(({ pruned }) => !pruned).length),
      content: <Checkpoints run={run} />,
    },
  ];
  return (
    <Panel plain>
      <Tabs inset label="Run" tabs={tabs} value={tab} onChange={setTab} />
    </Panel>
  );
};

const Events = ({ run }: { readonly run: JobRun }) =>
  run.events.length === 0 ? (
    <p className="p-4 text-ink-2">Nothing has happened yet.</p>
  ) : (
    <ul aria-label="Events, newest first" className="max-h-96 overflow-y-auto" tabIndex={0}>
      {run.events.toReversed().map((event) => (
        <li
          key={`${event.attempt} ${event.seq}`}
          className="flex min-h-9 items-center gap-3 border-b px-4 last:border-0"
        >
          <time
            dateTime={event.time}
            title={formatExactTime(event.time)}
            className="w-12 shrink-0 text-ink-3"
          >
            {formatClock(event.time)}
          </time>
          <span className="w-24 shrink-0">
            <Badge tone={eventTone(event)}>{event.event.replaceAll('_', ' ')}</Badge>
          </span>
          <span className="min-w-0 flex-1 py-1.5 break-words">{eventWords(event)}</span>
          <span className="shrink-0 text-right text-xs text-ink-3">{stepWords(stepOf(run, event))}</span>
        </li>
      ))}
    </ul>
  );

const stepWords = (step: number | null): string => (step === null ? '' : `step ${formatCount(step)}`);

const RunSettings = ({ job }: { readonly job: TrainingJob }) => (
  <div className="grid grid-cols-1 gap-x-8 gap-y-1 p-4 narrow:grid-cols-2">
    {halves(settingRows(job)).map((rows) => (
      <Facts key={rows[0]?.[0]} rows={rows} />
    ))}
  </div>
);

/** What it means that a setting has no value. */
const WITHOUT: Readonly<Record<string, string>> = {
  max_steps: 'by epochs',
  warmup_steps: 'by ratio',
  early_stopping_patience: 'never',
};

const settingRows = (job: TrainingJob) =>
  Object.entries(job.hyperparameters).map(
    ([key, value]) =>
      [
        key.replaceAll('_', ' '),
        value === null
          ? (WITHOUT[key] ?? 'by rule')
          : Array.isArray(value)
            ? value.join(', ')
            : String(value),
      ] as const,
  );

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
