import type { DatasetKind, DatasetShape } from '../../../../src/lib/types/dataset-records';
import { isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { instructionColumns } from './instruction-columns';
import { isUnclearLabel, labelField } from './labels';

/** The shape of a record. A table is of one of these inside; H is told apart by what it trains. */
export type RecordShape = Exclude<DatasetShape, 'J'> | 'KTO';

interface ShapeRule {
  readonly shape: RecordShape;
  readonly matches: (record: JsonObject) => boolean;
}

/**
 * In order of precedence (formats.md, question 4). Preference records come before D, E and F: an
 * unwanted answer must never be trained on.
 */
const RULES: readonly ShapeRule[] = [
  { shape: 'A', matches: isTrainingPair },
  { shape: 'H', matches: (record) => PREFERENCE_KEYS.some((key) => key in record) },
  { shape: 'KTO', matches: (record) => labelField(record) !== null },
  { shape: 'C', matches: (record) => isJsonList(record.turns) },
  { shape: 'D', matches: (record) => 'messages' in record },
  { shape: 'E', matches: (record) => isTurnList(record.conversations) || isTurnList(record.conversation) },
  { shape: 'F', matches: (record) => instructionColumns(record) !== null },
  { shape: 'G', matches: (record) => isCompletion(record) && !isUnclearLabel(record.label) },
  { shape: 'I', matches: (record) => typeof record.text === 'string' },
];

/** The shape of one record by its keys, whatever its file says about itself. */
export function detectShape(value: unknown): RecordShape | null {
  if (!isJsonObject(value)) return null;
  return RULES.find((rule) => rule.matches(value))?.shape ?? null;
}

/** Form G by its fields, whatever a label beside them says. */
export function isCompletion(record: JsonObject): boolean {
  return 'prompt' in record && 'completion' in record;
}

function isTrainingPair(record: JsonObject): boolean {
  return 'current_user_input' in record || ('target_response' in record && !('messages' in record));
}

const PREFERENCE_KEYS = [
  'chosen',
  'rejected',
  'chosen_messages',
  'rejected_messages',
  'preferred_output',
  'non_preferred_output',
] as const;

const TURN_KEYS = ['from', 'value', 'role', 'content'] as const;

/** `conversations` may also be the name of a list of records, which are no turns. */
function isTurnList(value: unknown): boolean {
  if (!isJsonList(value)) return false;
  const first = value[0];
  return value.length === 0 || (isJsonObject(first) && TURN_KEYS.some((key) => key in first));
}

/** formats.md's letter. */
export function letterOf(shape: RecordShape): DatasetShape {
  return shape === 'KTO' ? 'H' : shape;
}

const KINDS: Partial<Record<RecordShape, DatasetKind>> = { H: 'preference', KTO: 'kto', I: 'text' };

export function kindOfShape(shape: RecordShape | null): DatasetKind {
  return (shape === null ? undefined : KINDS[shape]) ?? 'sft';
}

/** What the shape is called, and by which keys it is recognised. */
export const SHAPE_NAMES: Record<RecordShape, { readonly name: string; readonly keys: string }> = {
  A: { name: 'BrightRun training pairs', keys: '“current_user_input” and “target_response”' },
  B: { name: 'a full BrightRun document', keys: '“training_pairs”' },
  C: { name: 'conversations with turns', keys: '“turns”' },
  D: { name: 'chat messages', keys: '“messages”' },
  E: { name: 'ShareGPT conversations', keys: '“conversations”' },
  F: { name: 'instructions with answers', keys: '“instruction” and “output”' },
  G: { name: 'prompts with completions', keys: '“prompt” and “completion”' },
  H: { name: 'preference data, a wanted and an unwanted answer', keys: '“chosen” and “rejected”' },
  KTO: { name: 'preference data, an answer with a label', keys: 'a “label” that is true or false' },
  I: { name: 'plain text', keys: '“text”' },
};
