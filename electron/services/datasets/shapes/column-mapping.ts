import { ColumnRole } from '../../../../src/lib/types/dataset-reading';
import type { ColumnMapping } from '../../../../src/lib/types/dataset-reading';
import type { JsonObject } from '../readers/json-object';
import { pointerToken } from '../readers/json-guard';
import type { Fault } from './conversion';

/** The record as one of the known shapes names its fields. What is not mapped is left out, but for ids, tools and history. */
export function applyMapping(record: JsonObject, mapping: ColumnMapping): JsonObject {
  const mapped: [string, unknown][] = rolesOf(mapping)
    .filter(([, column]) => column in record)
    .map(([role, column]) => [
      fieldOf(role, mapping),
      role === 'label' ? asLabel(record[column]) : record[column],
    ]);
  const kept = ['id', 'tools', 'history']
    .filter((key) => key in record)
    .map((key): [string, unknown] => [key, record[key]]);
  return Object.fromEntries([...kept, ...mapped]);
}

/** Faults in the words of the file's columns. */
export function namedByColumns(faults: readonly Fault[], mapping: ColumnMapping): Fault[] {
  const names = rolesOf(mapping).map(([role, column]) => [fieldOf(role, mapping), column] as const);
  return faults.map((fault) => names.reduce((told, [field, column]) => renamed(told, field, column), fault));
}

function renamed(fault: Fault, field: string, column: string): Fault {
  const isAbout = fault.path === `/${field}` || fault.path?.startsWith(`/${field}/`) === true;
  if (!isAbout) return fault;
  const path = `/${pointerToken(column)}${fault.path?.slice(field.length + 1) ?? ''}`;
  const retold = (text: string) => text.replaceAll(`“${field}”`, `“${column}”`);
  return { ...fault, path, error: retold(fault.error), suggestion: retold(fault.suggestion ?? '') };
}

function rolesOf(mapping: ColumnMapping): [ColumnRole, string][] {
  return ColumnRole.options.flatMap((role) => {
    const column = mapping[role];
    return column === undefined ? [] : [[role, column] satisfies [ColumnRole, string]];
  });
}

const COMPARED: readonly ColumnRole[] = ['prompt', 'completion', 'chosen', 'rejected', 'label'];

function fieldOf(role: ColumnRole, mapping: ColumnMapping): string {
  const hasPrompt = COMPARED.some((compared) => mapping[compared] !== undefined);
  if (role === 'user') return hasPrompt ? 'prompt' : 'instruction';
  if (role === 'assistant') return hasPrompt ? 'completion' : 'output';
  return role === 'conversation' ? 'conversation_id' : role;
}

const LABELS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** A column that was named as the label may say it in a table's ways. */
function asLabel(value: unknown): unknown {
  const isWord = typeof value === 'string' || typeof value === 'number';
  return isWord ? (LABELS.get(String(value).trim().toLowerCase()) ?? value) : value;
}
