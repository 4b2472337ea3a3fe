import type { ReportedMapping } from '../../../../src/lib/types/dataset-records';
import type { JsonObject } from '../readers/json-object';
import type { Container } from '../readers/raw-record';
import { takenRoles } from '../shapes/taken-roles';
import type { PassFindings } from './pass';

/** The columns of a table or of flat objects and what they are taken for; undefined where there are none to choose. */
export function mappingReport(pass: PassFindings): ReportedMapping | undefined {
  const { samples } = pass.reader.tally;
  const columns = columnsOf(pass.container, samples);
  const isOffered = isTable(pass.container) || pass.mapping !== null || pass.shape === null;
  if (!isOffered || columns.length === 0) return undefined;
  return {
    columns,
    roles: pass.mapping ?? takenRoles(pass.shape, columns),
    rows: samples.map(shownRow),
    ...(pass.container.kind === 'table' && { table: layoutOf(pass.container) }),
  };
}

export function layoutOf({ layout: { hasHeader, delimiter, quote } }: Extract<Container, { kind: 'table' }>) {
  return { header: hasHeader, delimiter, quote };
}

export function isTable({ kind }: Container): boolean {
  return kind === 'table' || kind === 'parquet';
}

const MAX_COLUMNS = 100;
const INDEX_COLUMN = /^(?:|index|Unnamed: \d+|__index_level_\d+__)$/;

export function columnsOf(container: Container, samples: readonly JsonObject[]): string[] {
  const names = tableColumns(container) ?? Object.keys(samples[0] ?? {});
  return names.filter((name) => !INDEX_COLUMN.test(name)).slice(0, MAX_COLUMNS);
}

/** Null for what is no table. */
export function tableColumns(container: Container): readonly string[] | null {
  if (container.kind === 'table') return container.layout.columns;
  return container.kind === 'parquet' ? container.columns : null;
}

/** What tells it from other tables: of one without names the first row, which a longer one begins with, too. */
export function tableNames(container: Container): readonly string[] | null {
  return container.kind === 'table' ? container.layout.firstRow : tableColumns(container);
}

const SHOWN_CHARACTERS = 200;

export function shownRow(row: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row)
      .slice(0, MAX_COLUMNS)
      .map(([name, value]) => [name, shownCell(value)]),
  );
}

function shownCell(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
}
