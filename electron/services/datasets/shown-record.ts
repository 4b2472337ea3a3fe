import { CanonicalRecord } from '../../../src/lib/types/dataset-records';
import type { CanonicalMessage, ToolCall } from '../../../src/lib/types/dataset-records';
import { holdsSpelling, withSpelling } from './readers/exact-numbers';

/** A line of a canonical file, to be shown. */
export function parseShown(line: string): CanonicalRecord {
  return shownRecord(CanonicalRecord.parse(withSpelling(JSON.parse(line), line)));
}

/** As it may leave this process: numbers that only their spelling says are shown in a text. */
export function shownRecord(record: CanonicalRecord): CanonicalRecord {
  if ('text' in record) return record;
  const shown =
    record.tools === undefined || !holdsSpelling(record.tools)
      ? record
      : { ...record, tools: record.tools.map((tool) => JSON.stringify(tool)) };
  if ('messages' in shown) return { ...shown, messages: shown.messages.map(shownMessage) };
  const prompt = shown.prompt.map(shownMessage);
  if ('completion' in shown) return { ...shown, prompt, completion: shown.completion.map(shownMessage) };
  const [chosen, rejected] = [shown.chosen.map(shownMessage), shown.rejected.map(shownMessage)];
  return { ...shown, prompt, chosen, rejected };
}

function shownMessage(message: CanonicalMessage): CanonicalMessage {
  return message.tool_calls === undefined
    ? message
    : { ...message, tool_calls: message.tool_calls.map(shownCall) };
}

function shownCall(call: ToolCall): ToolCall {
  const { name, arguments: given } = call.function;
  return holdsSpelling(given) ? { ...call, function: { name, arguments: JSON.stringify(given) } } : call;
}
