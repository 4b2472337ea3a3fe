import { isBlank, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import type { Turn } from './chat-turn';
import { conclude, failure, kindOf, toolsField } from './conversion';
import type { Conversion, ConversionSetting, Fault } from './conversion';
import { checkDialogue, dropTrailing, trainedMessages } from './dialogue';
import { labelField } from './labels';
import { checkMedia } from './media';
import { readPrompt } from './preference-prompt';
import { fixAnswer, fixPrompt } from './safe-fixes';
import { toolsOf } from './tool-calls';
import { readSide } from './turn-side';

const ANSWERS = ['completion', 'output', 'response', 'answer'] as const;

/** Form H with one answer and a label that says whether it is wanted. */
export function convertKto(record: JsonObject, { fixes }: ConversionSetting): Conversion {
  const faults: Fault[] = [];
  const told = readTurnsOf(record, faults);
  const end = told.findLastIndex(({ message }) => message.role !== 'assistant') + 1;
  const prompt = fixPrompt(told.slice(0, end), fixes);
  const completion = fixAnswer(told.slice(end), fixes);
  const turns = [...prompt, ...completion];
  if (!faults.some(({ severity }) => severity === 'error')) checkDialogue(turns, faults);
  checkMedia(record, '', faults);
  return conclude(
    {
      conversationId: textOf(record.conversation_id),
      content: {
        prompt: prompt.map(({ message }) => message),
        completion: trainedMessages(completion, 'all'),
        label: labelOf(record, faults),
        ...toolsField(toolsOf(record, faults)),
      },
      scaffolding: null,
    },
    faults,
  );
}

/** Prompt and answer; a dialogue by itself ends with its answer. */
function readTurnsOf(record: JsonObject, faults: Fault[]): readonly Turn[] {
  const prompt = readPrompt(record, faults);
  const answer = ANSWERS.find((field) => !isBlank(record[field]));
  const isWhole =
    answer === undefined && prompt?.some(({ message }) => message.role === 'assistant') === true;
  if (isWhole) return dropTrailing(prompt, faults);
  if (prompt === null) faults.push(noPrompt());
  return [
    ...(prompt ?? []),
    ...readSide(record, { field: answer ?? 'completion', role: 'assistant' }, faults),
  ];
}

function labelOf(record: JsonObject, faults: Fault[]): boolean {
  const field = labelField(record);
  if (field !== null) return record[field] === true;
  const { label } = record;
  const isMissing = label === undefined || label === null;
  faults.push(
    failure(isMissing ? 'missing_field' : 'invalid_type', {
      path: '/label',
      error: isMissing
        ? 'The field “label” is missing.'
        : `The field “label” is ${kindOf(label)}, not true or false.`,
      suggestion: 'Write “label” as true for a wanted answer, false for an unwanted one.',
    }),
  );
  return false;
}

function noPrompt(): Fault {
  return failure('missing_field', {
    path: '/prompt',
    error: 'The field “prompt” is missing.',
    suggestion: 'Add “prompt” with its text or its messages.',
  });
}
