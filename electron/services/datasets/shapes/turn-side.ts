import { isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { readTurns } from './chat';
import { plainTurn, readTurn } from './chat-turn';
import type { Turn } from './chat-turn';
import { requiredText } from './conversion';
import type { Fault } from './conversion';
import { cutTranscript, isTranscript } from './transcript';

/** A field that says one side of a record: as text, as one message, or as a list of messages. */
export interface SideField {
  readonly field: string;
  /** Who speaks when the field is a text. */
  readonly role: 'user' | 'assistant';
}

export function readSide(record: JsonObject, { field, role }: SideField, faults: Fault[]): Turn[] {
  const value = record[field];
  const path = `/${field}`;
  if (isJsonList(value)) return readTurns(record, field, faults);
  if (isJsonObject(value)) return [readTurn(value, path, faults)].filter((turn) => turn !== null);
  const text = requiredText(record, field, faults);
  return isTranscript(text) ? cutTranscript(text, path) : [plainTurn(role, text, path)];
}
