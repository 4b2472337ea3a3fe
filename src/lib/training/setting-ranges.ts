import { z } from 'zod';
import { SettingChanges } from '../types/training-settings';

export type SettingName = keyof SettingChanges;

export const SETTING_NAMES: readonly SettingName[] = SettingChanges.keyof().options;

/** What the JSON form of a setting's type says of its values. */
const Values = z.looseObject({
  type: z.string().optional(),
  const: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
});
type Values = z.infer<typeof Values>;
const Described = Values.extend({ anyOf: z.array(Values).optional() });

const listed = (words: readonly string[]): string => {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
};

const numbers = ({ type, minimum, exclusiveMinimum, maximum = Infinity }: Values): string => {
  const low = exclusiveMinimum === undefined ? String(minimum) : `above ${exclusiveMinimum}`;
  const isOpen = maximum >= Number.MAX_SAFE_INTEGER;
  if (type !== 'integer') return isOpen ? `${low} or more` : `${low} to ${maximum}`;
  return isOpen ? `a whole number, ${low} or more` : `a whole number from ${low} to ${maximum}`;
};

const wordsOf = (values: Values): string => {
  if (values.const !== undefined) return values.const;
  if (values.enum !== undefined) return listed(values.enum);
  if (values.type === 'null') return 'none';
  return values.type === 'array' ? 'names of linear layers with commas between' : numbers(values);
};

/** The values that a setting may have, as they are typed: `a whole number from 1 to 1000000, or none`. */
export const settingRange = (name: SettingName): string => {
  const described = Described.parse(z.toJSONSchema(SettingChanges.shape[name]));
  return (described.anyOf ?? [described]).map(wordsOf).join(', or ');
};
