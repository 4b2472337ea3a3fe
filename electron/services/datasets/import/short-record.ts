import type { CanonicalMessage, CanonicalRecord } from '../../../../src/lib/types/dataset-records';
import { ownBeginning } from './own-beginning';

const SHOWN_CHARACTERS = 2000;

/** A record with the beginnings of its long texts, to be shown in a list or a preview. */
export function shortened(record: CanonicalRecord): CanonicalRecord {
  if ('text' in record) return { ...record, text: beginning(record.text) };
  if ('messages' in record) return { ...record, messages: record.messages.map(shortMessage) };
  const prompt = record.prompt.map(shortMessage);
  if ('completion' in record) return { ...record, prompt, completion: record.completion.map(shortMessage) };
  const [chosen, rejected] = [record.chosen.map(shortMessage), record.rejected.map(shortMessage)];
  return { ...record, prompt, chosen, rejected };
}

function shortMessage(message: CanonicalMessage): CanonicalMessage {
  return { ...message, content: beginning(message.content) };
}

function beginning(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${ownBeginning(text, SHOWN_CHARACTERS)}…`;
}
