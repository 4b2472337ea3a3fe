import type { ColumnMapping, RoleNames } from '../../../../src/lib/types/dataset-reading';
import { isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import type { Container } from '../readers/raw-record';
import { applyMapping } from '../shapes/column-mapping';
import { detectShape } from '../shapes/detect-shape';
import { unwrapJson } from '../shapes/tool-calls';
import { withRoleNames, withSystemPrompt } from './own-words';

/** What is done to a record's names before its shape is looked for. */
export interface Preparation {
  readonly container: Container;
  readonly mapping: ColumnMapping | null;
  readonly roleNames?: RoleNames | undefined;
  readonly systemPrompt?: string | undefined;
}

export function prepareRecord(record: JsonObject, preparation: Preparation): JsonObject {
  const { roleNames, systemPrompt } = preparation;
  const named = nameFields(record, preparation);
  const spoken = roleNames === undefined ? named : withRoleNames(named, roleNames);
  return systemPrompt === undefined ? spoken : withSystemPrompt(spoken, systemPrompt);
}

function nameFields(record: JsonObject, { container, mapping }: Preparation): JsonObject {
  const isTable = container.kind === 'table' || container.kind === 'parquet';
  if (isTable && container.turns !== null) return record;
  if (mapping !== null) return applyMapping(record, mapping);
  return isTable ? tableRecord(record) : record;
}

/** Cells that hold JSON lists are lists, and names count in lower case where they are not known as they stand. */
function tableRecord(record: JsonObject): JsonObject {
  const lists = unwrapped(record);
  const named = detectShape(lists) === null ? inLowerCase(lists) : lists;
  return withLabel(named);
}

function unwrapped(record: JsonObject): JsonObject {
  if (!Object.values(record).some(looksLikeList)) return record;
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, looksLikeList(value) ? listOrText(value) : value]),
  );
}

function looksLikeList(value: unknown): value is string {
  return typeof value === 'string' && /^\s*\[\s*[{[]/.test(value.slice(0, 100));
}

function listOrText(cell: string): unknown {
  const value = unwrapJson(cell);
  return isJsonList(value) && value.every((item) => isJsonObject(item) || isJsonList(item)) ? value : cell;
}

function inLowerCase(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.trim().toLowerCase(), value]));
}

const LABELS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** A table has no booleans: the words are one, where there is an answer that they can be about. */
function withLabel(record: JsonObject): JsonObject {
  const label = typeof record.label === 'string' ? LABELS.get(record.label.trim().toLowerCase()) : undefined;
  if (label === undefined || !['D', 'E', 'F', 'G'].includes(detectShape(record) ?? '')) return record;
  return { ...record, label };
}
