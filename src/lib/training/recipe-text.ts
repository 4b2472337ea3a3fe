import type { z } from 'zod';
import { AppError } from '../messages/app-error';
import { brief } from '../messages/brief';
import { formatCount } from '../messages/format';
import { PresetId } from '../types/lora-training';
import { LONGEST_PATH, Recipe } from '../types/recipe';
import { invalidSetting, parseSetOptions } from './settings';

type Values = Readonly<Record<string, unknown>>;

/** Every key of it is looked at, also those that a schema of records would skip. */
const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const WORDS = Recipe.omit({ changes: true });
type Word = keyof z.infer<typeof WORDS>;

const NAMES_ONE = `a text of 1 to ${formatCount(LONGEST_PATH)} characters that names one`;

const RANGES: Record<Word, string> = {
  dataset: NAMES_ONE,
  base_model: NAMES_ONE,
  preset: `${PresetId.options.slice(0, -1).join(', ')} or custom`,
  name: 'a text of 1 to 200 characters',
};

const isWord = (key: string): key is Word => Object.hasOwn(WORDS.shape, key);

const shown = (value: unknown): string => JSON.stringify(value);

const asSetOption = ([name, value]: [string, unknown]): string => {
  if (typeof value === 'string') return `${name}=${value}`;
  const isNames = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return `${name}=${isNames ? value.join(',') : shown(value)}`;
};

const parsed = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError({
      code: 'invalid_request',
      message: `${file} is not JSON: ${reason}.`,
      hint: 'Choose a file of settings, such as “Save as recipe” writes.',
    });
  }
};

const wordsIn = (content: Values): z.infer<typeof WORDS> => {
  const words = WORDS.safeParse(Object.fromEntries(Object.entries(content).filter(([key]) => isWord(key))));
  if (words.success) return words.data;
  const name = String(words.error.issues[0]?.path[0]);
  const range = isWord(name) ? RANGES[name] : 'left out';
  throw invalidSetting(`${name} is ${brief(shown(content[name]))}; it may be ${range}.`);
};

const settingsIn = (content: Values): Values => {
  const nested = content['settings'] ?? {};
  if (!isObject(nested))
    throw invalidSetting(`settings is ${brief(shown(nested))}; it may be an object of settings.`);
  // The settings of a finished run name its base model too.
  const { base_model: _label, ...values } = nested;
  const beside = Object.entries(content).filter(([key]) => key !== 'settings' && !isWord(key));
  return Object.fromEntries([...beside, ...Object.entries(values)]);
};

const inFile = <Value>(file: string, read: () => Value): Value => {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError({ ...thrown.toPayload(), message: `${file}: ${thrown.message}` });
  }
};

/**
 * What a settings file says. Throws `invalid_request` for what is no JSON, and `invalid_setting` with the key and
 * its range for what no run can have; `file` is what the messages call it.
 */
export const readRecipe = (text: string, file: string): Recipe => {
  const content = parsed(text, file);
  if (!isObject(content))
    throw invalidSetting(`${file} holds no settings.`, 'It has to be an object, such as {"lora_rank": 16}.');
  return inFile(file, () => ({
    ...wordsIn(content),
    changes: parseSetOptions(Object.entries(settingsIn(content)).map(asSetOption)),
  }));
};

/** The settings file of a recipe; `readRecipe` takes it, and so does `train --config`. */
export const recipeText = ({ changes, ...words }: Recipe): string =>
  `${JSON.stringify({ ...words, settings: changes }, null, 2)}\n`;
