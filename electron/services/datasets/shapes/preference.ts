import type { SafeFix } from '../../../../src/lib/types/dataset-versions';
import { isJsonObject, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import type { Turn } from './chat-turn';
import { conclude, failure, toolsField } from './conversion';
import type { Conversion, ConversionSetting, Fault } from './conversion';
import { checkDialogue, trainedMessages } from './dialogue';
import { checkMedia } from './media';
import { readPrompt } from './preference-prompt';
import { fixAnswer, fixPrompt } from './safe-fixes';
import { toolsOf } from './tool-calls';
import { readSide } from './turn-side';

const CHOSEN = ['chosen', 'chosen_messages', 'preferred_output'] as const;
const REJECTED = ['rejected', 'rejected_messages', 'non_preferred_output'] as const;

interface Pair {
  readonly prompt: readonly Turn[];
  readonly chosen: readonly Turn[];
  readonly rejected: readonly Turn[];
}

/** Form H with a wanted and an unwanted answer to one prompt. */
export function convertPreference(record: JsonObject, { fixes }: ConversionSetting): Conversion {
  const faults: Fault[] = [];
  const prompt = readPrompt(record, faults);
  const chosen = readAnswer(record, CHOSEN, faults);
  const rejected = readAnswer(record, REJECTED, faults);
  const isReadable = () => !faults.some(({ severity }) => severity === 'error');
  const pair = isReadable()
    ? fixPair(separate({ prompt, chosen, rejected }), fixes)
    : { prompt: [], chosen, rejected };
  if (isReadable()) checkPair(pair, faults);
  checkMedia(record, '', faults);
  return conclude(
    {
      conversationId: textOf(record.conversation_id),
      content: {
        prompt: pair.prompt.map(({ message }) => message),
        chosen: trainedMessages(pair.chosen, 'all'),
        rejected: trainedMessages(pair.rejected, 'all'),
        ...toolsField(toolsOf(isJsonObject(record.input) ? { ...record.input, ...record } : record, faults)),
      },
      scaffolding: null,
    },
    faults,
  );
}

function fixPair({ prompt, chosen, rejected }: Pair, fixes: readonly SafeFix[]): Pair {
  return {
    prompt: fixPrompt(prompt, fixes),
    chosen: fixAnswer(chosen, fixes),
    rejected: fixAnswer(rejected, fixes),
  };
}

function readAnswer(record: JsonObject, fields: readonly string[], faults: Fault[]): Turn[] {
  const field = fields.find((name) => name in record) ?? fields[0] ?? '';
  return readSide(record, { field, role: 'assistant' }, faults);
}

interface Sides {
  readonly prompt: readonly Turn[] | null;
  readonly chosen: readonly Turn[];
  readonly rejected: readonly Turn[];
}

/**
 * Answers alone follow their prompt. Whole dialogues begin alike, and what they share is the prompt,
 * also where a prompt stands beside them: it repeats a part of it.
 */
function separate({ prompt, chosen, rejected }: Sides): Pair {
  const areAnswers = [chosen, rejected].every((side) => side[0]?.message.role === 'assistant');
  if (areAnswers && prompt !== null) return { prompt, chosen, rejected };
  const shared = sharedLength(chosen, rejected);
  const beginning = chosen.slice(0, shared);
  const system = prompt?.[0]?.message.role === 'system' && beginning[0]?.message.role !== 'system';
  return {
    prompt: [...(system ? prompt.slice(0, 1) : []), ...beginning],
    chosen: chosen.slice(shared),
    rejected: rejected.slice(shared),
  };
}

/** How many turns two dialogues have in common before the answers at which they part. */
function sharedLength(left: readonly Turn[], right: readonly Turn[]): number {
  const isSame = (index: number) => turnKey(left[index]) === turnKey(right[index]);
  const isAnswer = (side: readonly Turn[], index: number) => side[index]?.message.role === 'assistant';
  let length = 0;
  while (length < Math.min(left.length, right.length) && isSame(length)) length += 1;
  while (length > 0 && !(isAnswer(left, length) && isAnswer(right, length))) length -= 1;
  return length;
}

function turnKey(turn: Turn | undefined): string {
  return JSON.stringify(turn?.message);
}

function checkPair({ prompt, chosen, rejected }: Pair, faults: Fault[]): void {
  if (prompt.length === 0) {
    faults.push(noPrompt());
    return;
  }
  for (const side of [chosen, rejected]) {
    const found: Fault[] = [];
    checkDialogue([...prompt, ...side], found);
    const known = new Set(faults.map((fault) => `${fault.type} ${fault.path ?? ''}`));
    faults.push(...found.filter((fault) => !known.has(`${fault.type} ${fault.path ?? ''}`)));
  }
  if (chosen.map(turnKey).join() === rejected.map(turnKey).join()) faults.push(sameAnswers());
}

function noPrompt(): Fault {
  return failure('missing_field', {
    path: '/prompt',
    error: 'There is no prompt, and the two dialogues share no beginning that could be one.',
    suggestion: 'Add “prompt”, or begin both dialogues with the same user turn.',
  });
}

function sameAnswers(): Fault {
  return failure('nothing_to_train', {
    path: null,
    error: 'The wanted and the unwanted answer are the same, so there is nothing to prefer.',
    suggestion: 'Correct one of them, or remove the record.',
  });
}
