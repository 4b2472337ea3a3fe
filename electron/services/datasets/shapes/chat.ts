import { isJsonList, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { readTurn } from './chat-turn';
import type { Turn } from './chat-turn';
import { conclude, failure, kindOf } from './conversion';
import type { Conversion, Fault } from './conversion';
import { checkDialogue, dropTrailing, trainedMessages } from './dialogue';
import { checkMedia } from './media';
import { toolsOf } from './tool-calls';

/** Form D: a list of messages, of which every assistant turn is trained; tools and their calls are kept. */
export function convertChat(record: JsonObject): Conversion {
  const faults: Fault[] = [];
  const raw = readMessages(record.messages, faults);
  const isReadable = !faults.some(({ severity }) => severity === 'error');
  const turns = isReadable ? dropTrailing(raw, faults) : raw;
  if (isReadable) checkDialogue(turns, faults);
  checkMedia(record, turns, faults);
  const messages = trainedMessages(turns, 'all');
  if (isReadable && turns.length > 0) checkTrained(messages, faults);
  return conclude(
    {
      conversationId: textOf(record.conversation_id),
      messages,
      tools: toolsOf(record, faults),
      scaffolding: null,
    },
    faults,
  );
}

function readMessages(value: unknown, faults: Fault[]): Turn[] {
  const isMissing = value === undefined || value === null;
  if (!isJsonList(value)) {
    faults.push(
      failure(isMissing ? 'missing_field' : 'invalid_type', {
        path: '/messages',
        error: isMissing
          ? 'The field “messages” is missing.'
          : `The field “messages” is ${kindOf(value)}, not a list.`,
        suggestion: 'Write “messages” as a list of {"role": …, "content": …}.',
      }),
    );
    return [];
  }
  if (value.length === 0) {
    faults.push(
      failure('empty_value', {
        path: '/messages',
        error: 'The list “messages” is empty.',
        suggestion: 'Add its turns, or remove the record.',
      }),
    );
  }
  return value.flatMap((item, index) => readTurn(item, `/messages/${String(index)}`, faults) ?? []);
}

/** Answers may be there and yet all be marked as not to be trained. */
function checkTrained(
  messages: readonly { readonly role: string; readonly trained: boolean }[],
  faults: Fault[],
): void {
  const hasAnswer = messages.some(({ role }) => role === 'assistant');
  if (!hasAnswer || messages.some(({ trained }) => trained)) return;
  faults.push(
    failure('nothing_to_train', {
      path: '/messages',
      error: 'Every assistant turn has the weight 0, so there is nothing to train on.',
      suggestion: 'Give one answer the weight 1, or remove the record.',
    }),
  );
}
