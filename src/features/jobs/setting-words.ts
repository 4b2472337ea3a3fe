import { formatAmount, formatCount } from '../../components/format';
import type { TrainingSettings } from '../../lib/types/training-settings';
import { comparesAnswers } from '../../lib/training/methods';
import { FIELDS, shownValue } from '../../setting-fields';
import type { FieldSpec } from '../../setting-fields';

const labelOf = (key: string): string | undefined => FIELDS.find((field) => field.key === key)?.label;

/** A hint of the trainer's names settings as files and the command line do; the window has labels for them. */
export const inLabels = (hint: string): string =>
  hint.replace(/\b[a-z]+(_[a-z]+)+\b/g, (key) => labelOf(key) ?? key);

/** What it means that a setting has no value. */
const WITHOUT: Readonly<Record<string, string>> = {
  max_steps: 'by epochs',
  warmup_steps: 'by share',
  early_stopping_patience: 'never',
  max_hours: 'no limit',
  max_energy_kwh: 'no limit',
};

const SINGULAR: Readonly<Record<string, string>> = {
  batches: 'batch',
  evaluations: 'evaluation',
  hours: 'hour',
  records: 'record',
  steps: 'step',
  tokens: 'token',
};

const SHARE = 'share';

/** `0.1 share of records` of the form reads as `10 % of records`. */
const shareWords = (value: number, unit: string): string =>
  `${(value * 100).toLocaleString('en-US', { maximumFractionDigits: 4 })} %${unit.slice(SHARE.length)}`;

const numberWords = ({ key, unit }: FieldSpec, value: number): string => {
  if (unit?.startsWith(SHARE)) return shareWords(value, unit);
  const shown =
    key === 'learning_rate'
      ? shownValue(key, value)
      : value.toLocaleString('en-US', { maximumFractionDigits: 6 });
  if (!unit) return shown;
  return `${shown} ${value === 1 ? (SINGULAR[unit] ?? unit) : unit}`;
};

/** Every choice that the fields offer as the trainer calls it, in words; what is a name stays as it is. */
const CHOICES: Readonly<Partial<Record<string, Readonly<Record<string, string>>>>> = {
  target_modules: { 'all-linear': 'all linear layers' },
  lr_scheduler: { wsd: 'hold, then fall (wsd)' },
  method: {
    sft: 'imitate answers (SFT)',
    text: 'learn plain text',
    dpo: 'compare answers (DPO)',
    orpo: 'compare answers (ORPO)',
    kto: 'judged answers (KTO)',
  },
  loss_scope: { auto: 'by the data', final: 'the last answer', all: 'all answers' },
  packing: { auto: 'as the model allows' },
  stratify: { auto: 'over persona, arc, topic', off: 'by the seed alone' },
  collapse: { auto: 'in one pass', off: 'each by itself' },
  variant: {
    lora: 'LoRA',
    rslora: 'rank-stabilised LoRA',
    dora: 'DoRA',
    pissa: 'PiSSA',
    lora_plus: 'LoRA+',
  },
  optimizer: { adamw: 'AdamW', adamw_8bit: 'AdamW, 8 bits', adafactor: 'Adafactor' },
  quantization: { none: 'as in its files', int8: '8 bits', nf4: '4 bits (NF4)' },
  precision: { auto: 'by the hardware' },
};

const valueWords = (field: FieldSpec, value: unknown): string => {
  if (value === null || value === undefined) return WITHOUT[field.key] ?? 'by rule';
  if (typeof value === 'number') return numberWords(field, value);
  const shown = shownValue(field.key, value);
  return CHOICES[field.key]?.[shown] ?? shown;
};

/** What the trainer made of a setting that was left to it; from the plan and the greeting of a run. */
export type Decided = Readonly<Partial<Record<string, string>>>;

/** Steps decide over epochs where both are given. */
const epochsWords = ({ num_epochs, max_steps }: TrainingSettings): string =>
  max_steps === null
    ? formatCount(num_epochs)
    : `${formatCount(num_epochs)}, overruled by ${formatAmount(max_steps, 'step')}`;

const hasEffect = (key: FieldSpec['key'], { method, processes }: TrainingSettings): boolean =>
  key === 'beta' ? comparesAnswers(method) : key !== 'processes' || processes > 1;

/** Label and value of every setting that has an effect, as New run calls them. */
export const settingRows = (
  settings: TrainingSettings,
  decided: Decided = {},
): readonly (readonly [string, string])[] =>
  FIELDS.filter(({ key }) => hasEffect(key, settings)).map((field) => {
    const value = settings[field.key];
    const became = value === null || value === 'auto' ? decided[field.key] : undefined;
    const words = field.key === 'num_epochs' ? epochsWords(settings) : valueWords(field, value);
    return [field.label, became === undefined ? words : `${words}: ${became}`];
  });
