import type { JsonObject } from '../readers/json-object';
import { isBlank } from '../readers/json-object';
import { failure } from './conversion';
import type { Fault } from './conversion';

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** What is written for yes and no, and says not which of the two is an answer that is wanted. */
const UNCLEAR =
  /^(?:-?[01](?:\.0)?|yes|no|y|n|good|bad|(?:un)?wanted|(?:un)?desirable|chosen|accepted|rejected)$/;

/** The boolean that a word is; undefined for what is none. */
export function labelOfWord(value: unknown): boolean | undefined {
  return typeof value === 'string' ? WORDS.get(value.trim().toLowerCase()) : undefined;
}

/** As it is called by the tools that write form H with a label. */
const NAMES = new Set(['label', 'kto_tag']);

/** The field that says whether an answer is wanted, by true or false; null where none does. */
export function labelField(record: JsonObject): string | null {
  if (typeof record.label === 'boolean') return 'label';
  const isLabel = (name: string) => NAMES.has(name.toLowerCase()) && typeof record[name] === 'boolean';
  return Object.keys(record).find(isLabel) ?? null;
}

/** An integer 0 or 1 is no label of form H (question 4), but it may be meant as one: nothing is trained on a guess. */
export function isUnclearLabel(label: unknown): boolean {
  const isWord = typeof label === 'number' || typeof label === 'string';
  return isWord && UNCLEAR.test(String(label).trim().toLowerCase());
}

/** Whether there is something in a field of this name that training takes no notice of. */
export function isUnusedLabel({ label }: JsonObject): boolean {
  return !isBlank(label) && typeof label !== 'boolean';
}

export function unclearLabel(label: unknown): Fault {
  return failure('invalid_type', {
    path: '/label',
    error: `The field “label” is ${JSON.stringify(label)}, so it is not sure whether the answer is wanted.`,
    suggestion: LABEL_ADVICE,
  });
}

export const LABEL_ADVICE =
  'Say with --map which fields are what: with label=label the unwanted answers are told apart, without it all answers are trained. Or write “label” as true or false.';
