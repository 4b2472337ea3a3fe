import type { SettingChanges } from './lib/types/training-settings';

export type SettingKey = keyof SettingChanges;

export interface FieldSpec {
  readonly key: SettingKey;
  readonly label: string;
  readonly unit?: string;
  readonly range: string;
  readonly help: string;
  readonly kind: 'number' | 'rule' | 'choice' | 'modules';
  readonly choices?: readonly string[];
}

const number = (
  key: SettingKey,
  label: string,
  rest: Pick<FieldSpec, 'range' | 'help' | 'unit'>,
): FieldSpec => ({ key, label, kind: 'number', ...rest });
const rule = (
  key: SettingKey,
  label: string,
  rest: Pick<FieldSpec, 'range' | 'help' | 'unit'>,
): FieldSpec => ({ key, label, kind: 'rule', ...rest });

export const FIELDS: readonly FieldSpec[] = [
  number('learning_rate', 'Learning rate', {
    range: '1e-6 to 1e-2',
    help: 'How far each step moves; too high and the loss jumps.',
  }),
  number('batch_size', 'Batch size', {
    unit: 'records',
    range: '1 to 64',
    help: 'Records that one step learns from.',
  }),
  number('gradient_accumulation_steps', 'Accumulation', {
    unit: 'batches',
    range: '1 to 256',
    help: 'Batches summed before a step; larger batches without more memory.',
  }),
  number('num_epochs', 'Epochs', {
    range: '1 to 20',
    help: 'How often each record is seen.',
  }),
  rule('max_steps', 'Steps at most', {
    range: 'Empty: by epochs',
    help: 'Ends the run early, whatever the epochs say.',
  }),
  number('max_length', 'Max length', {
    unit: 'tokens',
    range: '16 to 131,072',
    help: 'Longer records are cut; memory grows with it.',
  }),
  number('lora_rank', 'Rank', { range: '1 to 256', help: 'Size of the adapter: how much it can learn.' }),
  number('lora_alpha', 'Alpha', {
    range: '1 to 1,024',
    help: 'Strength of the adapter; twice the rank is usual.',
  }),
  number('lora_dropout', 'Dropout', {
    unit: 'share',
    range: '0 to 0.5',
    help: 'Part of the adapter switched off at each step, against learning by heart.',
  }),
  {
    key: 'target_modules',
    label: 'Target layers',
    range: 'All-linear, or names with commas between',
    help: 'Which layers get an adapter.',
    kind: 'modules',
  },
  {
    key: 'lr_scheduler',
    label: 'Schedule',
    range: '4 forms',
    help: 'How the learning rate falls after the warm-up; wsd holds it, then lets it fall.',
    kind: 'choice',
    choices: ['cosine', 'linear', 'constant', 'wsd'],
  },
  number('warmup_ratio', 'Warm-up', {
    unit: 'share of steps',
    range: '0 to 0.5',
    help: 'The learning rate rises slowly at first.',
  }),
  rule('warmup_steps', 'Warm-up steps', {
    range: 'Empty: by share',
    help: 'An exact number instead of the share.',
  }),
  number('weight_decay', 'Weight decay', { range: '0 to 1', help: 'Pulls the adapter towards zero.' }),
  number('max_grad_norm', 'Gradient clipping', {
    range: '0 to 100, 0: off',
    help: 'Steps larger than this are shortened.',
  }),
  number('validation_share', 'Held out', {
    unit: 'share of records',
    range: '0 to 0.5',
    help: 'Never trained on; the verdict is measured on them.',
  }),
  {
    key: 'stratify',
    label: 'Held-out spread',
    range: '2 choices',
    help: 'auto: what is held out is spread over personas, arcs and topics, where records have them.',
    kind: 'choice',
    choices: ['auto', 'off'],
  },
  rule('eval_steps', 'Evaluate every', {
    unit: 'steps',
    range: 'Empty: by rule',
    help: 'How often the held-out loss is measured.',
  }),
  rule('save_steps', 'Checkpoint every', {
    unit: 'steps',
    range: 'Empty: by rule',
    help: 'How much work a crash can cost at most.',
  }),
  number('save_total_limit', 'Checkpoints kept', {
    range: '1 to 100',
    help: 'The best one is kept besides.',
  }),
  rule('early_stopping_patience', 'Stop early after', {
    unit: 'evaluations',
    range: 'Empty: never',
    help: 'Evaluations without a better held-out loss before the run ends.',
  }),
  number('early_stopping_min_delta', 'Least improvement', {
    range: '0 or more',
    help: 'A smaller fall of the held-out loss does not count as better.',
  }),
  rule('max_hours', 'Time budget', {
    unit: 'hours',
    range: '0.02 to 10,000, empty: none',
    help: 'Training ends after this time, over all attempts, with the best adapter so far.',
  }),
  rule('max_energy_kwh', 'Energy budget', {
    unit: 'kWh',
    range: 'Empty: none',
    help: 'Training ends after this energy of the card, with the best adapter so far.',
  }),
  {
    key: 'method',
    label: 'Method',
    range: '5 methods',
    help: 'sft imitates answers, text any text; dpo, orpo and kto learn from comparisons.',
    kind: 'choice',
    choices: ['sft', 'text', 'dpo', 'orpo', 'kto'],
  },
  number('beta', 'Strength of comparison', {
    range: 'above 0 to 10',
    help: 'How far dpo, orpo and kto may move from the untouched model.',
  }),
  {
    key: 'loss_scope',
    label: 'Train on',
    range: '3 choices',
    help: 'All answers of a conversation, or the last one only.',
    kind: 'choice',
    choices: ['auto', 'final', 'all'],
  },
  {
    key: 'packing',
    label: 'Packing',
    range: '3 choices',
    help: 'Records share a row, none sees another. auto: wherever the model keeps them apart.',
    kind: 'choice',
    choices: ['auto', 'on', 'off'],
  },
  {
    key: 'collapse',
    label: 'Repeated history',
    range: '2 choices',
    help: 'auto: records that repeat a conversation are trained in one pass, with the same loss a token.',
    kind: 'choice',
    choices: ['auto', 'off'],
  },
  {
    key: 'variant',
    label: 'Kind of adapter',
    range: '5 kinds',
    help: 'Plain LoRA, or a relative that learns a little differently.',
    kind: 'choice',
    choices: ['lora', 'rslora', 'dora', 'pissa', 'lora_plus'],
  },
  {
    key: 'optimizer',
    label: 'Optimizer',
    range: '3 choices',
    help: 'adamw_8bit keeps its memory of past steps in fewer bits, adafactor less of it.',
    kind: 'choice',
    choices: ['adamw', 'adamw_8bit', 'adafactor'],
  },
  {
    key: 'quantization',
    label: 'Base model in memory',
    range: '3 choices',
    help: 'int8 and nf4 hold its weights in 8 and 4 bits while training: less memory, a little slower.',
    kind: 'choice',
    choices: ['none', 'int8', 'nf4'],
  },
  {
    key: 'precision',
    label: 'Precision',
    range: '3 choices',
    help: 'auto: bf16 where the hardware has it.',
    kind: 'choice',
    choices: ['auto', 'bf16', 'fp32'],
  },
  number('processes', 'Cards', {
    range: '1 to as many as the machine has',
    help: 'Cards that share the work of each step; what a step learns stays the same.',
  }),
  number('seed', 'Seed', {
    range: '0 to 2,147,483,647',
    help: 'The same seed on the same machine repeats the run.',
  }),
];

/** A value as it stands in its field; rates in powers of ten, as everywhere. */
export const shownValue = (key: string, value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (key === 'learning_rate' && typeof value === 'number') return value.toExponential();
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
