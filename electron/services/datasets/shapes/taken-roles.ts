import type { ColumnMapping } from '../../../../src/lib/types/dataset-reading';
import type { RecordShape } from './detect-shape';
import { answerColumn, instructionColumns } from './instruction-columns';
import { proposeMapping } from './propose-mapping';

const SYSTEM = ['system', 'system_prompt'];
const ADDITION = ['input', 'context'];
const QUESTION = ['prompt', 'question', 'query', 'instruction'];

/** By which names a shape takes its fields; the first that is there. */
const TAKEN: Partial<Record<RecordShape, Readonly<Record<string, readonly string[]>>>> = {
  G: { system: SYSTEM, prompt: ['prompt'], input: ADDITION, completion: ['completion'] },
  H: {
    system: SYSTEM,
    prompt: [...QUESTION, 'input'],
    input: ADDITION,
    chosen: ['chosen', 'chosen_messages', 'preferred_output'],
    rejected: ['rejected', 'rejected_messages', 'non_preferred_output'],
  },
  KTO: {
    system: SYSTEM,
    prompt: [...QUESTION, 'input'],
    input: ADDITION,
    completion: ['completion', 'output', 'response', 'answer'],
    label: ['label', 'kto_tag'],
  },
  I: { text: ['text'] },
};

/**
 * The columns of a file by the roles that they are read in: a mapping that says the same as none, so that to change
 * one of them leaves the others what they are. Where the shape says nothing of columns, what their names suggest.
 */
export function takenRoles(shape: RecordShape | null, columns: readonly string[]): ColumnMapping {
  const byName = new Map(columns.map((column) => [column.trim().toLowerCase(), column] as const));
  const names =
    shape === 'F' ? instructionNames([...byName.keys()]) : shape === null ? undefined : TAKEN[shape];
  if (names === undefined) return proposeMapping(columns);
  const taken = new Map<string, string>();
  for (const [role, spellings] of Object.entries(names)) {
    const column = spellings.flatMap((name) => byName.get(name) ?? []).find((found) => !taken.has(found));
    if (column !== undefined) taken.set(column, role);
  }
  return Object.fromEntries([...taken].map(([column, role]) => [role, column]));
}

function instructionNames(names: readonly string[]) {
  const record = Object.fromEntries(names.map((name) => [name, '']));
  const found = instructionColumns(record);
  if (found === null) return undefined;
  const { instruction, input, answers } = found;
  return {
    system: SYSTEM,
    user: [instruction],
    ...(input !== null && { input: [input] }),
    assistant: [answerColumn(record, answers)],
  };
}
