import type { ColumnMapping, RoleNames } from '../../../../src/lib/types/dataset-reading';
import { parserOf } from '../readers/exact-numbers';
import { isJsonList, isJsonObject } from '../readers/json-object';
import type { JsonObject } from '../readers/json-object';
import type { Container } from '../readers/raw-record';
import { applyMapping } from '../shapes/column-mapping';
import { detectShape } from '../shapes/detect-shape';
import { labelOfWord } from '../shapes/labels';
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
  return withLabel(isTable ? tableRecord(record) : record);
}

/** Cells that hold JSON lists are lists, and names count in lower case where they are not known as they stand. */
function tableRecord(record: JsonObject): JsonObject {
  const lists = unwrapped(record);
  return detectShape(lists) === null ? inLowerCase(lists) : lists;
}

function unwrapped(record: JsonObject): JsonObject {
  if (!Object.values(record).some(looksLikeList)) return record;
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      looksLikeList(value) ? listOrText(key, value) : value,
    ]),
  );
}

function looksLikeList(value: unknown): value is string {
  return typeof value === 'string' && /^\s*\[\s*[{[]/.test(value.slice(0, 100));
}

function listOrText(column: string, cell: string): unknown {
  const value = unwrapJson(cell, parserOf(column));
  return isJsonList(value) && value.every((item) => isJsonObject(item) || isJsonList(item)) ? value : cell;
}

function inLowerCase(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.trim().toLowerCase(), value]));
}

/** The words for a boolean are one, where there is an answer that they can be about: a table has no other. */
function withLabel(record: JsonObject): JsonObject {
  const label = labelOfWord(record.label);
  if (label === undefined || !['D', 'E', 'F', 'G'].includes(detectShape(record) ?? '')) return record;
  return { ...record, label };
}
