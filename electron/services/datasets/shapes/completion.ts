import { textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { plainTurn } from './chat-turn';
import { chatContent, conclude, optionalText } from './conversion';
import type { Conversion, ConversionSetting, Fault } from './conversion';
import { checkDialogue, trainedMessages } from './dialogue';
import { isUnclearLabel, unclearLabel } from './labels';
import { withAddition } from './instruction';
import { checkMedia } from './media';
import { fixAnswer, fixPrompt } from './safe-fixes';
import { toolsOf } from './tool-calls';
import { readSide } from './turn-side';

/** Form G: a prompt and its completion, each a text or messages; the completion is trained. */
export function convertCompletion(record: JsonObject, { fixes }: ConversionSetting): Conversion {
  const faults: Fault[] = [];
  const system = optionalText(record, 'system', faults);
  const prompt = readSide(withAddition(record, 'prompt'), { field: 'prompt', role: 'user' }, faults);
  const completion = fixAnswer(readSide(record, { field: 'completion', role: 'assistant' }, faults), fixes);
  const opening = system === null ? [] : [plainTurn('system', system, '/system')];
  const before = fixPrompt([...opening, ...prompt], fixes);
  const turns = [...before, ...completion];
  if (!faults.some(({ severity }) => severity === 'error')) checkDialogue(turns, faults);
  checkMedia(record, '', faults);
  if (isUnclearLabel(record.label)) faults.push(unclearLabel(record.label));
  const messages = [...before.map(({ message }) => message), ...trainedMessages(completion, 'all')];
  return conclude(
    {
      conversationId: textOf(record.conversation_id),
      content: chatContent(messages, toolsOf(record, faults)),
      scaffolding: null,
    },
    faults,
  );
}
