import { isBlank, isJsonList, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { plainTurn } from './chat-turn';
import type { Turn } from './chat-turn';
import { chatContent, conclude, failure, kindOf, optionalText, requiredText } from './conversion';
import type { Conversion, ConversionSetting, Fault } from './conversion';
import { checkDialogue, trainedMessages } from './dialogue';
import { additionTo, answerColumn, instructionColumns } from './instruction-columns';
import { checkMedia } from './media';
import { fixDialogue } from './safe-fixes';
import { toolsOf } from './tool-calls';

const OWN_COLUMNS = { instruction: 'instruction', input: 'input', answers: ['output', 'response'] } as const;

/** Form F: user = instruction, a blank line, input; earlier pairs come first; the answer is trained. */
export function convertInstruction(record: JsonObject, { fixes }: ConversionSetting): Conversion {
  const faults: Fault[] = [];
  const columns = instructionColumns(record) ?? OWN_COLUMNS;
  const system = optionalText(record, 'system', faults) ?? optionalText(record, 'system_prompt', faults);
  const instruction = requiredText(record, columns.instruction, faults);
  const input = columns.input === null ? null : optionalText(record, columns.input, faults);
  const answerField = answerColumn(record, columns.answers);
  const answer = requiredText(record, answerField, faults);
  const told: Turn[] = [
    ...(system === null ? [] : [plainTurn('system', system, '/system')]),
    ...readHistory(record.history, faults),
    plainTurn('user', joinInstruction(instruction, input), `/${columns.instruction}`),
    plainTurn('assistant', answer, `/${answerField}`),
  ];
  const turns = fixDialogue(told, fixes);
  if (!faults.some(({ severity }) => severity === 'error')) checkDialogue(turns, faults);
  checkMedia(record, '', faults);
  return conclude(
    {
      conversationId: textOf(record.conversation_id),
      content: chatContent(trainedMessages(turns, 'final'), toolsOf(record, faults)),
      scaffolding: null,
    },
    faults,
  );
}

/** The one joiner of instruction and input (formats.md, question 9). */
export function joinInstruction(instruction: string, input: string | null): string {
  return isBlank(input) ? instruction : `${instruction}\n\n${input ?? ''}`;
}

/** A record whose question holds what stands beside it and belongs to it. */
export function withAddition(record: JsonObject, question: string): JsonObject {
  const addition = additionTo(question, record);
  const joined = (name: string) => joinInstruction(String(record[question]), String(record[name]));
  return addition === null ? record : { ...record, [question]: joined(addition) };
}

/** Pairs of question and answer that came before. */
export function readHistory(value: unknown, faults: Fault[]): Turn[] {
  if (isBlank(value)) return [];
  if (!isJsonList(value)) {
    faults.push(
      failure('invalid_type', {
        path: '/history',
        error: `The field “history” is ${kindOf(value)}, not a list.`,
        suggestion: 'Write it as a list of [question, answer] pairs.',
      }),
    );
    return [];
  }
  return value.flatMap((pair, index) => readPair(pair, `/history/${String(index)}`, faults));
}

function readPair(pair: unknown, path: string, faults: Fault[]): Turn[] {
  const [question, answer, ...more] = isJsonList(pair) ? pair : [];
  if (typeof question === 'string' && typeof answer === 'string' && more.length === 0) {
    return [plainTurn('user', question, `${path}/0`), plainTurn('assistant', answer, `${path}/1`)];
  }
  faults.push(
    failure('invalid_type', {
      path,
      error: 'An item of “history” is no pair of two texts.',
      suggestion: 'Write it as [question, answer].',
    }),
  );
  return [];
}
