import type { SafeFix } from '../../../../src/lib/types/dataset-versions';
import { isJsonList, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { plainTurn, readTurn } from './chat-turn';
import type { Turn } from './chat-turn';
import { chatContent, conclude, failure, kindOf, optionalText } from './conversion';
import type { Conversion, Converter, Fault } from './conversion';
import { checkDialogue, dropTrailing, trainedMessages } from './dialogue';
import { checkMedia } from './media';
import { keptPlace } from './own-records';
import { fixConversation } from './safe-fixes';
import { toolsOf } from './tool-calls';

/** Form D: `messages`. */
export const convertChat: Converter = (record, { fixes }) => convertDialogue(record, 'messages', fixes);

/** Form C: one conversation a record, its `turns` in order. */
export const convertTurns: Converter = (record, { fixes }) => convertDialogue(record, 'turns', fixes);

/** Form E: ShareGPT's `conversations`, also spelled `conversation`. */
export const convertShareGpt: Converter = (record, { fixes }) =>
  convertDialogue(record, isJsonList(record.conversations) ? 'conversations' : 'conversation', fixes);

/** A list of turns, of which every assistant turn is trained; tools and their calls are kept. */
function convertDialogue(record: JsonObject, field: string, fixes: readonly SafeFix[]): Conversion {
  const faults: Fault[] = [];
  const raw = [...systemBefore(record, field, faults), ...readTurns(record, field, faults)];
  const isReadable = !faults.some(({ severity }) => severity === 'error');
  const turns = isReadable ? dropTrailing(fixConversation(raw, fixes), faults) : raw;
  if (isReadable) checkDialogue(turns, faults);
  checkMedia(record, '', faults);
  const messages = trainedMessages(turns, 'all');
  if (isReadable && turns.length > 0) checkTrained(messages, field, faults);
  return conclude(
    {
      conversationId: textOf(record.conversation_id),
      content: chatContent(messages, toolsOf(record, faults)),
      ...keptPlace(record),
    },
    faults,
  );
}

/** A system text beside the turns; one among the turns wins, because it stands where it is used. */
function systemBefore(record: JsonObject, field: string, faults: Fault[]): Turn[] {
  const name = 'system' in record ? 'system' : 'system_prompt';
  const system = optionalText(record, name, faults);
  const list = record[field];
  const opensWithSystem = isJsonList(list) && readTurn(list[0], '', [])?.message.role === 'system';
  return system === null || opensWithSystem ? [] : [plainTurn('system', system, `/${name}`)];
}

/** The turns in a field that must be a filled list. */
export function readTurns(record: JsonObject, field: string, faults: Fault[]): Turn[] {
  const value = record[field];
  const isMissing = value === undefined || value === null;
  if (!isJsonList(value)) {
    faults.push(
      failure(isMissing ? 'missing_field' : 'invalid_type', {
        path: `/${field}`,
        error: isMissing
          ? `The field “${field}” is missing.`
          : `The field “${field}” is ${kindOf(value)}, not a list.`,
        suggestion: `Write “${field}” as a list of {"role": …, "content": …}.`,
      }),
    );
    return [];
  }
  if (value.length === 0) {
    faults.push(
      failure('empty_value', {
        path: `/${field}`,
        error: `The list “${field}” is empty.`,
        suggestion: 'Add its turns, or remove the record.',
      }),
    );
  }
  return value.flatMap((item, index) => readTurn(item, `/${field}/${String(index)}`, faults) ?? []);
}

/** Answers may be there and yet all be marked as not to be trained. */
function checkTrained(
  messages: readonly { readonly role: string; readonly trained: boolean }[],
  field: string,
  faults: Fault[],
): void {
  const hasAnswer = messages.some(({ role }) => role === 'assistant');
  if (!hasAnswer || messages.some(({ trained }) => trained)) return;
  faults.push(
    failure('nothing_to_train', {
      path: `/${field}`,
      error: 'No assistant turn is to be trained, as their weights say, so there is nothing to train on.',
      suggestion: 'Give one answer the weight 1, or remove the record.',
    }),
  );
}
