import type { JsonObject } from '../readers/json-object';
import { isBlank } from '../readers/json-object';

/** Which columns of a flat record are question, addition to it, and answer. */
export interface InstructionColumns {
  readonly instruction: string;
  readonly input: string | null;
  readonly answers: readonly string[];
}

/** What stands beside a question and belongs to it; the first that is there. */
const ADDITIONS = ['input', 'context'] as const;

/** In order of precedence: form F itself, then the spellings of formats.md, question 5. */
const SPELLINGS = [
  { instruction: 'instruction', inputs: ADDITIONS, answers: ['output', 'response'] },
  { instruction: 'question', inputs: ADDITIONS, answers: ['answer'] },
  { instruction: 'query', inputs: ADDITIONS, answers: ['response'] },
  { instruction: 'prompt', inputs: ADDITIONS, answers: ['response'] },
  { instruction: 'input', inputs: ['context'], answers: ['ideal'] },
  { instruction: 'title', inputs: ['text'], answers: ['answer'] },
] as const;

/** The spelling by which a record reads as an instruction with an answer; null when by none. */
export function instructionColumns(record: JsonObject): InstructionColumns | null {
  const found = SPELLINGS.find(
    ({ instruction, answers }) => instruction in record && answers.some((answer) => answer in record),
  );
  if (found === undefined) return null;
  const { instruction, inputs, answers } = found;
  // Of form F itself it is a fault if its input is no text; elsewhere it is something else then.
  const isOwn = (name: string) => instruction === 'instruction' && name === 'input' && name in record;
  const input = inputs.find((name) => isOwn(name) || typeof record[name] === 'string') ?? null;
  return { instruction, input, answers };
}

/**
 * What stands beside a question that is a text, belongs to it and is not in it already: the name of its field;
 * null where there is none.
 */
export function additionTo(question: string, record: JsonObject): string | null {
  const text = record[question];
  if (typeof text !== 'string') return null;
  const isAddition = (value: unknown) =>
    typeof value === 'string' && !isBlank(value) && !text.includes(value.trim());
  return ADDITIONS.find((name) => name !== question && isAddition(record[name])) ?? null;
}

/** `output`, then `response`: the first that is filled, else the first that is there. */
export function answerColumn(record: JsonObject, answers: readonly string[]): string {
  const filled = answers.find((answer) => !isBlank(record[answer]));
  return filled ?? answers.find((answer) => answer in record) ?? answers[0] ?? 'output';
}

/** Which columns were taken for what; null for form F's own names. */
function columnsSentence(
  { instruction, input, answers }: InstructionColumns,
  record: JsonObject,
): string | null {
  const answer = answerColumn(record, answers);
  if (instruction === 'instruction' && answer === 'output' && input === 'input') return null;
  const additions = input === null || !(input in record) ? '' : ` with “${input}”`;
  return `“${instruction}”${additions} is read as the question, “${answer}” as the answer`;
}

/** What is to be said of the columns of a record that is read as `shape`; null where its own names say it. */
export function columnsOf(shape: string | null, value: JsonObject): string | null {
  const columns = shape === 'F' ? instructionColumns(value) : null;
  if (columns !== null) return columnsSentence(columns, value);
  const addition = shape === 'G' || shape === 'H' || shape === 'KTO' ? additionTo('prompt', value) : null;
  return addition === null ? null : `“prompt” with “${addition}” is read as the question`;
}
