import type { JsonObject } from '../readers/json-object';
import { isBlank } from '../readers/json-object';

/** Which columns of a flat record are question, addition to it, and answer. */
export interface InstructionColumns {
  readonly instruction: string;
  readonly input: string | null;
  readonly answers: readonly string[];
}

/** In order of precedence: form F itself, then the spellings of formats.md, question 5. */
const SPELLINGS: readonly InstructionColumns[] = [
  { instruction: 'instruction', input: 'input', answers: ['output', 'response'] },
  { instruction: 'question', input: null, answers: ['answer'] },
  { instruction: 'query', input: null, answers: ['response'] },
  { instruction: 'prompt', input: null, answers: ['response'] },
  { instruction: 'input', input: null, answers: ['ideal'] },
  { instruction: 'title', input: 'text', answers: ['answer'] },
];

/** The spelling by which a record reads as an instruction with an answer; null when by none. */
export function instructionColumns(record: JsonObject): InstructionColumns | null {
  const found = SPELLINGS.find(
    ({ instruction, answers }) => instruction in record && answers.some((answer) => answer in record),
  );
  if (found?.instruction !== 'instruction' || 'input' in record || !('context' in record))
    return found ?? null;
  return { ...found, input: 'context' };
}

/** `output`, then `response`: the first that is filled, else the first that is there. */
export function answerColumn(record: JsonObject, answers: readonly string[]): string {
  const filled = answers.find((answer) => !isBlank(record[answer]));
  return filled ?? answers.find((answer) => answer in record) ?? answers[0] ?? 'output';
}

/** Which columns were taken for what; null for form F's own names. */
export function columnsSentence(
  { instruction, input, answers }: InstructionColumns,
  record: JsonObject,
): string | null {
  const answer = answerColumn(record, answers);
  if (instruction === 'instruction' && answer === 'output' && input === 'input') return null;
  const additions = input === null || !(input in record) ? '' : ` with “${input}”`;
  return `“${instruction}”${additions} is read as the question, “${answer}” as the answer`;
}
