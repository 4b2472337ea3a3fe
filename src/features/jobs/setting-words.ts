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
  max_hours: 'none',
  max_energy_kwh: 'none',
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

const valueWords = (field: FieldSpec, value: unknown): string => {
  if (value === null || value === undefined) return WITHOUT[field.key] ?? 'by rule';
  return typeof value === 'number' ? numberWords(field, value) : shownValue(field.key, value);
};

/** What the trainer made of a setting that was left to it; from the plan and the greeting of a run. */
export type Decided = Readonly<Partial<Record<string, string>>>;

/** Label and value of every setting that has an effect, as New run calls them. */
export const settingRows = (
  settings: TrainingSettings,
  decided: Decided = {},
): readonly (readonly [string, string])[] =>
  FIELDS.filter(({ key }) => key !== 'beta' || comparesAnswers(settings.method)).map((field) => {
    const value = settings[field.key];
    const became = value === null || value === 'auto' ? decided[field.key] : undefined;
    const words = valueWords(field, value);
    return [field.label, became === undefined ? words : `${words}: ${became}`];
  });
