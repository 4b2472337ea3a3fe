import type { DatasetShape } from '../../../../src/lib/types/dataset-records';
import { isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { instructionColumns } from './instruction-columns';

interface ShapeRule {
  readonly shape: DatasetShape;
  readonly matches: (record: JsonObject) => boolean;
}

/**
 * In order of precedence (formats.md, question 4). Preference records come before D, E and F: an
 * unwanted answer must never be trained on.
 */
const RULES: readonly ShapeRule[] = [
  { shape: 'A', matches: isTrainingPair },
  { shape: 'H', matches: isPreference },
  { shape: 'C', matches: (record) => isJsonList(record.turns) },
  { shape: 'D', matches: (record) => 'messages' in record },
  { shape: 'E', matches: (record) => isJsonList(record.conversations) || isJsonList(record.conversation) },
  { shape: 'F', matches: (record) => instructionColumns(record) !== null },
  { shape: 'G', matches: (record) => 'prompt' in record && 'completion' in record },
  { shape: 'I', matches: (record) => typeof record.text === 'string' },
];

/** The shape of one record by its keys, whatever its file says about itself. */
export function detectShape(value: unknown): DatasetShape | null {
  if (!isJsonObject(value)) return null;
  return RULES.find((rule) => rule.matches(value))?.shape ?? null;
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

function isPreference(record: JsonObject): boolean {
  return PREFERENCE_KEYS.some((key) => key in record) || typeof record.label === 'boolean';
}

/** What the shape is called, and by which keys it is recognised. */
export const SHAPE_NAMES: Record<DatasetShape, { readonly name: string; readonly keys: string }> = {
  A: { name: 'BrightRun training pairs', keys: '“current_user_input” and “target_response”' },
  B: { name: 'a full BrightRun document', keys: '“training_pairs”' },
  C: { name: 'conversations with turns', keys: '“turns”' },
  D: { name: 'chat messages', keys: '“messages”' },
  E: { name: 'ShareGPT conversations', keys: '“conversations”' },
  F: { name: 'instructions with answers', keys: '“instruction” and “output”' },
  G: { name: 'prompts with completions', keys: '“prompt” and “completion”' },
  H: {
    name: 'preference data (a wanted and an unwanted answer, or a boolean label)',
    keys: '“chosen”, “rejected” or “label”',
  },
  I: { name: 'plain text', keys: '“text”' },
  J: { name: 'a table', keys: 'its columns' },
};
