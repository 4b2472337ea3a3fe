import { type Beat, paceOf } from '../../../src/lib/training/pace';
import { progressPercent } from '../../../src/lib/training/steps';
import type { Evaluation, JobEvent, JobSample, MetricsPoint } from '../../../src/lib/types/job-records';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { MetricsEvent, TrainerEvent } from '../../../src/lib/types/trainer-events';
import type { IngestBatch, NewCheckpoint } from '../../db/repositories/ingest';
import type { JobChanges } from '../../db/repositories/jobs';

type EventOf<Name extends TrainerEvent['event']> = Extract<TrainerEvent, { event: Name }>;

type Numbered<Row> = Row & { readonly seq: number; readonly attempt: number };

const ENVELOPE = new Set(['schema', 'attempt', 'seq', 'time', 'event']);

const toPoint = (event: MetricsEvent): Numbered<MetricsPoint> => ({
  seq: event.seq,
  step: event.step,
  attempt: event.attempt,
  timestamp: event.time,
  epoch: event.epoch,
  tokens: event.tokens,
  training_loss: event.training_loss,
  non_finite: event.non_finite,
  validation_loss: event.validation_loss ?? null,
  learning_rate: event.learning_rate,
  gradient_norm: event.gradient_norm,
  throughput: event.throughput,
  step_ms: event.step_ms,
  gpu_utilization: event.gpu_utilization ?? null,
  gpu_memory_bytes: event.gpu_memory_bytes ?? null,
  gpu_temperature: event.gpu_temperature ?? null,
  gpu_power_watts: event.gpu_power_watts ?? null,
});

const toJobEvent = (event: TrainerEvent): JobEvent => ({
  seq: event.seq,
  attempt: event.attempt,
  time: event.time,
  event: event.event,
  payload: Object.fromEntries(Object.entries(event).filter(([key]) => !ENVELOPE.has(key))),
});

const toSample = ({
  seq,
  attempt,
  step,
  prompt_id,
  prompt,
  seed,
  text,
}: EventOf<'sample'>): Numbered<JobSample> => ({
  seq,
  attempt,
  step,
  prompt_id,
  prompt,
  seed,
  text,
});

const toEvaluation = (event: EventOf<'evaluation'>): Numbered<Evaluation> => ({
  seq: event.seq,
  attempt: event.attempt,
  step: event.step,
  subject: event.subject,
  group: event.group,
  loss: event.loss,
  tokens: event.tokens,
  records: event.records,
  method: event.method,
  final: event.final,
});

const toCheckpoint = (event: EventOf<'checkpoint'>): Numbered<NewCheckpoint> => ({
  seq: event.seq,
  attempt: event.attempt,
  step: event.step,
  path: event.path,
  size_bytes: event.size_bytes,
  sha256: event.sha256,
  validation_loss: event.validation_loss,
  best: event.best,
  pruned: event.pruned,
});

const only = <Name extends TrainerEvent['event']>(
  events: readonly TrainerEvent[],
  name: Name,
): EventOf<Name>[] => events.filter((event): event is EventOf<Name> => event.event === name);

const latestPoints = (events: readonly TrainerEvent[]): Numbered<MetricsPoint>[] => [
  ...new Map(only(events, 'metrics').map((event) => [event.step, toPoint(event)])).values(),
];

const endOf = (job: TrainingJob, point: MetricsEvent, stepMs: number): string | null => {
  const left = (job.total_steps ?? 0) - point.step;
  if (left <= 0 || !Number.isFinite(stepMs)) return null;
  return new Date(Date.parse(point.time) + left * stepMs).toISOString();
};

const changesOfMetrics = (job: TrainingJob, point: MetricsEvent, stepMs: number): JobChanges => ({
  current_step: point.step,
  current_epoch: point.epoch,
  progress: progressPercent(point.step, job.total_steps),
  estimated_completion_at: endOf(job, point, stepMs),
  current_metrics: {
    training_loss: point.training_loss,
    validation_loss: point.validation_loss ?? job.current_metrics?.validation_loss,
    learning_rate: point.learning_rate,
    throughput: point.throughput,
    gpu_utilization: point.gpu_utilization,
    gradient_norm: point.gradient_norm,
    step_ms: point.step_ms,
    pace_ms: stepMs,
    peak_memory_bytes: point.gpu_memory_bytes,
  },
});

const changesOf = (
  job: TrainingJob,
  events: readonly TrainerEvent[],
  before: readonly Beat[],
): JobChanges => {
  const plan = only(events, 'plan').at(-1);
  const stage = only(events, 'stage').at(-1);
  const planned = plan ? { ...job, total_steps: plan.total_steps } : job;
  const metrics = only(events, 'metrics').at(-1);
  const evaluated = only(events, 'metrics').findLast(({ validation_loss }) => validation_loss != null);
  return {
    ...(plan && { total_steps: plan.total_steps, plan: toJobEvent(plan).payload }),
    ...(stage && { current_stage: stage.name }),
    ...(metrics &&
      changesOfMetrics(
        planned,
        { ...metrics, validation_loss: evaluated?.validation_loss },
        paceOf([...before, ...beatsOf(events)], metrics.step_ms),
      )),
  };
};

/** When steps ended. */
export const beatsOf = (events: readonly TrainerEvent[]): Beat[] =>
  only(events, 'metrics').map(({ attempt, time }) => ({ attempt, timestamp: time }));

/** What some events, rising in `seq`, mean for the database; `before` are the steps that came before them. */
export const toBatch = (
  job: TrainingJob,
  events: readonly TrainerEvent[],
  before: readonly Beat[] = [],
): IngestBatch => ({
  attempt: events.at(-1)?.attempt ?? job.attempt,
  last_seq: events.at(-1)?.seq ?? job.last_seq,
  points: latestPoints(events),
  events: events.filter(({ event }) => event !== 'metrics' && event !== 'heartbeat').map(toJobEvent),
  samples: only(events, 'sample').map(toSample),
  evaluations: only(events, 'evaluation').map(toEvaluation),
  checkpoints: only(events, 'checkpoint').map(toCheckpoint),
  job: changesOf(job, events, before),
});

/** Whether these events show that the first step has begun. */
export const showsTraining = (events: readonly TrainerEvent[]): boolean =>
  events.some((event) => event.event === 'metrics' || (event.event === 'stage' && event.name === 'training'));
