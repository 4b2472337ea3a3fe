import { comparesAnswers } from '../../../src/lib/training/methods';
import { planSteps } from '../../../src/lib/training/steps';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { QualityMetrics, TrainingSummary } from '../../../src/lib/types/model-artifact';
import type { JobFile } from '../../../src/lib/types/run-folder';
import type { TrainerEvent } from '../../../src/lib/types/trainer-events';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { timeAtWork } from '../jobs/time-at-work';

type EventOf<Name extends TrainerEvent['event']> = Extract<TrainerEvent, { event: Name }>;

/** What a run has told until its result, which is that of `source_step`. */
export interface ToldRun {
  readonly settings: TrainingSettings;
  readonly events: readonly TrainerEvent[];
  readonly source_step: number;
}

export interface FigureSources extends Omit<ToldRun, 'settings'> {
  readonly job: TrainingJob;
  readonly file: JobFile;
}

const LARGEST_EXPONENT = 700;

const last = <Name extends TrainerEvent['event']>(events: readonly TrainerEvent[], name: Name) =>
  events.findLast((event): event is EventOf<Name> => event.event === name);

/** Of a loss a token; the loss of a comparison has none. */
const perplexity = (loss: number | null): number | null =>
  loss === null || loss > LARGEST_EXPONENT ? null : Math.exp(loss);

const held = (events: readonly TrainerEvent[], subject: 'base' | 'adapter', step?: number) =>
  events.findLast(
    (event): event is EventOf<'evaluation'> =>
      event.event === 'evaluation' &&
      event.subject === subject &&
      event.group === 'all' &&
      (step === undefined || event.step === step),
  );

interface Measured {
  readonly training: number | null;
  readonly adapter: number | null;
  readonly base: number | null;
  readonly records: number;
  readonly tokens: number;
  readonly epoch: number | null;
}

const ofCompleted = (event: EventOf<'completed'>): Measured => ({
  training: event.final_training_loss,
  adapter: event.final_validation_loss,
  base: event.base_validation_loss,
  records: event.held_out_records,
  tokens: event.held_out_tokens,
  epoch: event.best_epoch,
});

const NOT_HELD = { loss: null, records: 0, tokens: 0 };

/** As the trainer says of a run that it completes: the last loss up to the result's step that is a number. */
const trainingLoss = ({ events, source_step }: ToldRun): number | null =>
  events.findLast(
    (event): event is EventOf<'metrics'> =>
      event.event === 'metrics' && event.step <= source_step && event.training_loss !== null,
  )?.training_loss ?? null;

/** The epoch in which the result's step fell, the first being 1. */
const bestEpoch = ({ events, settings, source_step }: ToldRun): number | null => {
  const plan = last(events, 'plan');
  return plan === undefined
    ? null
    : Math.ceil(source_step / planSteps(plan.train_records, settings).steps_per_epoch);
};

const ofStopped = (sources: ToldRun): Measured => {
  const adapter = held(sources.events, 'adapter', sources.source_step) ?? NOT_HELD;
  return {
    training: trainingLoss(sources),
    adapter: adapter.loss,
    base: (held(sources.events, 'base') ?? NOT_HELD).loss,
    records: adapter.records,
    tokens: adapter.tokens,
    epoch: bestEpoch(sources),
  };
};

export const qualityMetrics = (run: ToldRun): QualityMetrics => {
  const completed = last(run.events, 'completed');
  const measured = completed ? ofCompleted(completed) : ofStopped(run);
  const evaluation = held(run.events, 'adapter');
  const compares = comparesAnswers(run.settings.method);
  return {
    final_training_loss: measured.training,
    final_validation_loss: measured.adapter,
    best_epoch: measured.epoch,
    convergence_score: null,
    base_validation_loss: measured.base,
    perplexity: compares ? null : perplexity(measured.adapter),
    base_perplexity: compares ? null : perplexity(measured.base),
    held_out_records: measured.records,
    held_out_tokens: measured.tokens,
    precision: last(run.events, 'hello')?.precision ?? 'unknown',
    method: evaluation?.method ?? 'mean cross-entropy per trained token of the held-out records',
  };
};

const planned = ({ events, file }: FigureSources) => {
  const { total_steps, train_records, trainable_parameters } = last(events, 'plan') ?? {
    total_steps: file.total_steps,
    train_records: 0,
    trainable_parameters: 0,
  };
  return { total_steps, train_records, trainable_parameters };
};

/** From each attempt's first event to its last. */
const duration = (events: readonly TrainerEvent[]): number => {
  const spans = new Map<number, { started_at: string; ended_at: string }>();
  for (const { attempt, time } of events)
    spans.set(attempt, { started_at: spans.get(attempt)?.started_at ?? time, ended_at: time });
  return timeAtWork([...spans.values()], null);
};

export const trainingSummary = (sources: FigureSources): TrainingSummary => {
  const { job, file, events, source_step } = sources;
  return {
    base_model_name: file.base_model.name,
    base_model_fingerprint: file.base_model.fingerprint,
    dataset_name: file.dataset.name,
    dataset_version_sha256: file.dataset.sha256,
    ...(file.dataset.sources && { dataset_sources: file.dataset.sources }),
    ...planned(sources),
    source_step,
    attempts: job.attempt,
    duration_ms: duration(events),
    peak_memory_bytes: last(events, 'completed')?.peak_memory_bytes ?? 0,
    device: last(events, 'hello')?.device_name ?? file.device,
  };
};

/** The metrics of the line of attempts that led to the result: a later attempt's step replaces an earlier one's. */
export const metricsLog = (events: readonly TrainerEvent[]): string => {
  const line: EventOf<'metrics'>[] = [];
  for (const event of events) {
    if (event.event !== 'metrics') continue;
    while ((line.at(-1)?.step ?? -1) >= event.step) line.pop();
    line.push(event);
  }
  return line.map((event) => `${JSON.stringify(event)}\n`).join('');
};
