import { SettingChanges } from '../../lib/types/training-settings';
import type { TrainingSettings } from '../../lib/types/training-settings';
import { FIELDS, shownValue } from '../../setting-fields';
import type { FieldSpec, SettingKey } from '../../setting-fields';

/** What stands in the fields, as typed. */
export type Drafts = Readonly<Partial<Record<SettingKey, string>>>;

const valueOf = ({ kind }: FieldSpec, text: string): unknown => {
  if (kind === 'choice') return text;
  if (kind === 'modules')
    return text === 'all-linear'
      ? text
      : text
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean);
  if (text === '') return kind === 'rule' ? null : Number.NaN;
  return Number(text);
};

export interface ReadDrafts {
  readonly changes: SettingChanges;
  readonly errors: Readonly<Partial<Record<SettingKey, string>>>;
}

/** What differs from the recipe, and what cannot be meant. */
export const readDrafts = (drafts: Drafts, base: TrainingSettings | null): ReadDrafts => {
  const errors: Partial<Record<SettingKey, string>> = {};
  const changed: Record<string, unknown> = {};
  for (const spec of FIELDS) {
    const text = drafts[spec.key]?.trim();
    if (text === undefined) continue;
    const value = valueOf(spec, text);
    if (base && JSON.stringify(value) === JSON.stringify(base[spec.key])) continue;
    if (SettingChanges.shape[spec.key].safeParse(value).success) changed[spec.key] = value;
    else errors[spec.key] = `Give a value in the range ${spec.range}.`;
  }
  return { changes: SettingChanges.parse(changed), errors };
};

const isSettingKey = (key: string): key is SettingKey => FIELDS.some((spec) => spec.key === key);

/** Values of a past run or of a remedy, as if typed. */
export const draftsOf = (values: Readonly<Record<string, unknown>>): Drafts =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => isSettingKey(key))
      .map(([key, value]) => [key, shownValue(key, value)]),
  );
