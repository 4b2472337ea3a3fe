import { formatDuration } from '../../../src/lib/messages/format';
import { inexactWords } from '../../../src/lib/training/inexact';
import { earlyEndWords } from '../../../src/lib/training/run-end';
import type { JobAttempt, JobEvent } from '../../../src/lib/types/job-records';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { timeAtWork } from '../../services/jobs/time-at-work';
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

/** Steps win over epochs, which are then only counted from them. */
const acts = (name: string, { max_steps }: TrainingJob['hyperparameters']): boolean =>
  name !== 'num_epochs' || max_steps === null;

const settingsOf = ({ hyperparameters }: TrainingJob): string =>
  Object.entries(hyperparameters)
    .filter(([name, value]) => value !== null && name !== 'base_model' && acts(name, hyperparameters))
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`)
    .join(' ');

interface Around {
  /** What a person calls its dataset. */
  readonly dataset: string;
  readonly attempts: readonly JobAttempt[];
  /** The last of them is enough: a run's end comes last. */
  readonly events: readonly JobEvent[];
}

const said = (title: string, text: string | null): [string, string][] =>
  text === null || text === '' ? [] : [[title, text]];

const unlessNull = <Value>(value: Value | null, text: (value: Value) => string): string[] =>
  value === null ? [] : [text(value)];

/** What an attempt ran on and with, as far as it is known. */
const receiptOf = (attempt: JobAttempt): string =>
  [
    attempt.device_name ?? attempt.devices.join(', '),
    ...unlessNull(attempt.driver, (driver) => `driver ${driver}`),
    ...unlessNull(attempt.precision, (precision) => precision),
    ...unlessNull(attempt.threads, (threads) => (threads === 1 ? '1 thread' : `${threads} threads`)),
    ...unlessNull(attempt.torch, (torch) => `PyTorch ${torch}`),
    ...unlessNull(attempt.app_version, (version) => `Pipeline ${version}`),
    ...unlessNull(attempt.lock_hash, (hash) => `runtime ${hash.slice(0, 12)}`),
  ]
    .filter((part) => part !== '')
    .join(', ');

const receipts = (attempts: readonly JobAttempt[]): [string, string][] =>
  attempts.flatMap((attempt) => said(`attempt ${attempt.number}`, receiptOf(attempt)));

export const jobPairs = (job: TrainingJob, { dataset, attempts, events }: Around): [string, string][] => [
  ['id', job.id],
  ['name', job.name],
  ['status', job.status],
  ['stage', job.current_stage],
  ['step', `${job.current_step} of ${job.total_steps ?? '?'}`],
  ...said('ended', job.status === 'completed' ? earlyEndWords(events) : null),
  ['loss', lossOf(job)],
  ['dataset', dataset],
  ['base model', job.hyperparameters.base_model],
  ['preset', job.preset_id],
  ['settings', settingsOf(job)],
  ['attempts', String(job.attempt)],
  ...receipts(attempts),
  ...inexactWords(attempts).map((words): [string, string] => ['not bit for bit', words]),
  ['worked', attempts.length === 0 ? '–' : formatDuration(timeAtWork(attempts, new Date().toISOString()))],
  ['model', job.artifact_id ?? '–'],
  ...said('error', job.error_message),
  ...said('what to do', job.error_hint),
  ...said('cancelled because', job.cancel_reason),
];

/** How a run has ended and what can be done now. */
export const describeEnd = (output: Output, job: TrainingJob): void => {
  const { status, error_message, error_hint, artifact_id } = job;
  output.note(`“${job.name}” is ${status}.`, status === 'completed' ? 'green' : 'yellow');
  if (artifact_id !== null) {
    output.line(`Model ${artifact_id}`);
    output.note(`What it came to: ${output.command(`artifacts show ${shortId(artifact_id)}`)}`);
  }
  if (error_message !== null) output.note(error_message, 'red');
  if (error_hint !== null && error_hint !== '') output.note(error_hint);
  if (status === 'paused' || status === 'interrupted')
    output.note(`Go on with: ${output.command(`jobs resume ${shortId(job.id)}`)}`);
};
