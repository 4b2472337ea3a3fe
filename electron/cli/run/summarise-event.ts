import { formatBytes, formatCount } from '../../../src/lib/messages/format';
import { earlyEndWords } from '../../../src/lib/training/run-end';
import type { TrainerEvent } from '../../../src/lib/types/trainer-events';

type Summaries = {
  readonly [Name in TrainerEvent['event']]: (event: Extract<TrainerEvent, { event: Name }>) => string;
};

const loss = (value: number | null | undefined): string =>
  typeof value === 'number' ? value.toFixed(4) : '–';

const ofCompleted: Summaries['completed'] = (payload) => {
  const { source_step, base_validation_loss: before, final_validation_loss: after } = payload;
  const end = earlyEndWords([{ event: 'completed', payload }]);
  const result = `result from step ${source_step}, held-out loss ${loss(before)} → ${loss(after)}`;
  return end === null ? result : `${end}, ${result}`;
};

const ofMetrics: Summaries['metrics'] = (event) =>
  `step ${event.step}, loss ${event.non_finite ?? loss(event.training_loss)}, ` +
  `learning rate ${event.learning_rate.toPrecision(3)}, ${Math.round(event.throughput)} tokens/s`;

const SUMMARIES: Summaries = {
  hello: ({ device_name, precision, torch, from_checkpoint }) =>
    `${device_name}, ${precision}, PyTorch ${torch}${from_checkpoint === null ? '' : `, from ${from_checkpoint}`}`,
  stage: ({ name, detail }) => (detail === '' ? name : `${name}: ${detail}`),
  plan: (event) =>
    `${formatCount(event.total_steps)} steps, ${formatCount(event.train_records)} records, ` +
    `${formatCount(event.held_out_records)} held out, ${formatCount(event.trainable_parameters)} trainable parameters` +
    (event.truncated_records > 0
      ? `; ${formatCount(event.truncated_records)} records are cut at the maximum length`
      : ''),
  metrics: ofMetrics,
  evaluation: ({ step, subject, group, loss: value }) => `step ${step}, ${subject}, ${group}: ${loss(value)}`,
  sample: ({ step, prompt, text }) => `step ${step}, “${prompt}”: ${text}`,
  checkpoint: ({ step, path, size_bytes, best }) =>
    `step ${step}, ${path}, ${formatBytes(size_bytes)}${best ? ', best so far' : ''}`,
  warning: ({ code, message }) => `${code}: ${message}`,
  heartbeat: () => '',
  completed: ofCompleted,
  failed: ({ message, hint }) => `${message} ${hint}`,
  cancelled: ({ step, saved }) => `at step ${step}${saved ? ', saved' : ''}`,
  interrupted: ({ step, reason, saved }) => `at step ${step}, ${reason}, ${saved ? 'saved' : 'not saved'}`,
};

const summaryOf = <Name extends TrainerEvent['event']>(
  name: Name,
  event: Extract<TrainerEvent, { event: Name }>,
): string => SUMMARIES[name](event);

/** An event in a few words. */
export const summariseEvent = (event: TrainerEvent): string => summaryOf(event.event, event);
