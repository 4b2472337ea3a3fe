import { isBlank, isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { readTurns } from './chat';
import { plainTurn } from './chat-turn';
import type { Turn } from './chat-turn';
import { optionalText, requiredText } from './conversion';
import type { Fault } from './conversion';
import { joinInstruction, readHistory, withAddition } from './instruction';
import { readSide } from './turn-side';

const QUESTIONS = ['prompt', 'question', 'query'] as const;
const DIALOGUES = ['messages', 'conversations', 'conversation'] as const;

/** What stands before the compared answers, in any spelling of question 10; null where nothing does. */
export function readPrompt(record: JsonObject, faults: Fault[]): Turn[] | null {
  const turns = promptTurns(record, faults);
  const field = 'system' in record ? 'system' : 'system_prompt';
  const system = optionalText(record, field, faults);
  if (system === null || turns?.[0]?.message.role === 'system') return turns;
  return turns === null ? null : [plainTurn('system', system, `/${field}`), ...turns];
}

function promptTurns(record: JsonObject, faults: Fault[]): Turn[] | null {
  const question = QUESTIONS.find((field) => !isBlank(record[field]));
  if (question !== undefined)
    return [
      ...readHistory(record.history, faults),
      ...readSide(withAddition(record, question), { field: question, role: 'user' }, faults),
    ];
  const dialogue = DIALOGUES.find((field) => isJsonList(record[field]));
  if (dialogue !== undefined) return readTurns(record, dialogue, faults);
  if ('instruction' in record) return instructionTurn(record, faults);
  if (isJsonObject(record.input)) return nestedMessages(record.input, faults);
  return isBlank(record.input) ? null : readSide(record, { field: 'input', role: 'user' }, faults);
}

function instructionTurn(record: JsonObject, faults: Fault[]): Turn[] {
  const instruction = requiredText(record, 'instruction', faults);
  const context = typeof record.context === 'string' ? record.context : null;
  const input = optionalText(record, 'input', faults) ?? context;
  return [
    ...readHistory(record.history, faults),
    plainTurn('user', joinInstruction(instruction, input), '/instruction'),
  ];
}

function nestedMessages(input: JsonObject, faults: Fault[]): Turn[] {
  const inner: Fault[] = [];
  const turns = readTurns(input, 'messages', inner);
  faults.push(...inner.map((fault) => ({ ...fault, path: `/input${fault.path ?? ''}` })));
  return turns.map((turn) => ({ ...turn, path: `/input${turn.path}` }));
}
