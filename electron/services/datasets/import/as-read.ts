import { z } from 'zod';
import { RecordLine } from '../../../../src/lib/types/dataset-versions';
import { isJsonList, isJsonObject, textOf } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import { roleOf } from '../shapes/roles';

/** A record that its file's import refuses, as it is read: nothing says that a run could take it. */
export const RecordAsRead = z.strictObject({ id: z.string(), lines: z.array(RecordLine) });
export type RecordAsRead = z.infer<typeof RecordAsRead>;

const NAMES: Readonly<Record<string, string>> = {
  ...{ prompt: 'user', instruction: 'user', question: 'user', input: 'user' },
  ...{ completion: 'assistant', output: 'assistant', response: 'assistant', answer: 'assistant' },
  ...{ system: 'system', chosen: 'chosen', rejected: 'rejected' },
};
const SIDES: ReadonlySet<string> = new Set(['chosen', 'rejected']);

/** Its turns by their speakers, named as those of records are, and its texts by what they are to a record. */
export function linesAsRead(record: JsonObject): RecordLine[] {
  return Object.entries(record).flatMap(([key, field]) => {
    if (isJsonList(field)) return field.flatMap((turn) => turnLine(turn, SIDES.has(key) ? key : null));
    const name = NAMES[key.toLowerCase()];
    return name === undefined || typeof field !== 'string' ? [] : [{ name, content: field }];
  });
}

function turnLine(turn: unknown, side: string | null): RecordLine[] {
  if (!isJsonObject(turn)) return [];
  const spelling = textOf(turn.role ?? turn.from);
  if (spelling === null) return [];
  const role = roleOf(spelling) ?? spelling;
  const content = turn.content ?? turn.value ?? '';
  const name = side === null ? role : role === 'assistant' ? side : `${side}: ${role}`;
  return [{ name, content: typeof content === 'string' ? content : JSON.stringify(content) }];
}
