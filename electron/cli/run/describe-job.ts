import { formatDuration } from '../../../src/lib/messages/format';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { Column } from '../output/table';
import type { Output } from '../output/output';

export const shortId = (id: string): string => id.slice(0, 8);

const lossOf = ({ current_metrics }: TrainingJob): string =>
  current_metrics?.training_loss?.toFixed(3) ?? '–';

export const JOB_COLUMNS: readonly Column<TrainingJob>[] = [
  { title: 'ID', text: ({ id }) => shortId(id) },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'STATUS', text: ({ status }) => status },
  { title: 'DONE', align: 'right', text: ({ progress }) => `${Math.floor(progress)} %` },
  { title: 'LOSS', align: 'right', text: lossOf },
  { title: 'QUEUED', text: ({ queued_at }) => queued_at },
];

const tookOf = ({ started_at, completed_at }: TrainingJob): string =>
  started_at !== null && completed_at !== null
    ? formatDuration(Date.parse(completed_at) - Date.parse(started_at))
    : '–';

const settingsOf = ({ hyperparameters }: TrainingJob): string =>
  Object.entries(hyperparameters)
    .filter(([name, value]) => value !== null && name !== 'base_model')
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`)
    .join(' ');

export const jobPairs = (job: TrainingJob): [string, string][] => [
  ['id', job.id],
  ['name', job.name],
  ['status', job.status],
  ['stage', job.current_stage],
  ['step', `${job.current_step} of ${job.total_steps ?? '?'}`],
  ['loss', lossOf(job)],
  ['dataset', job.dataset_id],
  ['base model', job.hyperparameters.base_model],
  ['preset', job.preset_id],
  ['settings', settingsOf(job)],
  ['attempts', String(job.attempt)],
  ['took', tookOf(job)],
  ['model', job.artifact_id ?? '–'],
  ...(job.error_message === null ? [] : [['error', job.error_message] satisfies [string, string]]),
  ...(job.error_hint === null ? [] : [['what to do', job.error_hint] satisfies [string, string]]),
];

/** How a run has ended and what can be done now. */
export const describeEnd = (output: Output, job: TrainingJob): void => {
  const { status, error_message, error_hint, artifact_id } = job;
  output.note(`“${job.name}” is ${status}.`, status === 'completed' ? 'green' : 'yellow');
  if (status === 'completed' && artifact_id !== null) output.line(`Model ${artifact_id}`);
  if (error_message !== null) output.note(error_message, 'red');
  if (error_hint !== null && error_hint !== '') output.note(error_hint);
  if (status === 'paused' || status === 'interrupted')
    output.note(`Go on with: pipeline jobs resume ${shortId(job.id)}`);
};
