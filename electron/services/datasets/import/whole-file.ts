import type {
  DatasetProblem,
  DatasetShape,
  ProblemType,
  ReportedMapping,
} from '../../../../src/lib/types/dataset-records';
import type { StructureFault } from '../readers/document-parts';
import type { ColumnMapping } from '../../../../src/lib/types/dataset-reading';
import { guessEncoding } from '../readers/guess-encoding';
import type { WideEncoding } from '../readers/guess-encoding';
import type { BrokenPlace } from '../readers/open-source';
import { letterOf } from '../shapes/detect-shape';
import type { Container } from '../readers/raw-record';
import { isTable, mappingReport, tableColumns } from './mapping-report';
import { structureProblem } from './pass';
import type { PassFindings } from './pass';
import type { OtherFile } from './recognise-file';
import { severalLists } from './several-lists';
import type { SourceFault } from './source-fault';
import { whyUnread } from './unread-text';

/** Why nothing of a file is taken: one problem for the file, not one a line. */
export interface WholeFileFault {
  readonly shape: DatasetShape | null;
  readonly reason: string;
  readonly problems: readonly DatasetProblem[];
  readonly mapping?: ReportedMapping | undefined;
}

export function faultOfSource({ type, message, suggestion }: SourceFault): WholeFileFault {
  return { shape: null, reason: message, problems: [fileProblem(type, { error: message, suggestion })] };
}

export function faultOfOtherFile(other: OtherFile): WholeFileFault {
  const error = `The file is ${other.what}, which is not read.`;
  const text = { error, suggestion: other.suggestion };
  return { shape: null, reason: error, problems: [fileProblem('unsupported_content', text)] };
}

export function noJson(sample: string): WholeFileFault {
  const plain = whyUnread(sample);
  if (plain !== null)
    return { shape: null, reason: plain.error, problems: [fileProblem('unknown_shape', plain)] };
  const error =
    'The file holds neither JSON records, as one document or an object a line, nor a table whose first row names its columns.';
  const suggestion =
    'Export the data as JSONL: one JSON object a line. Of a table, close every quote and name each column differently, or say with --table how it is laid out.';
  const text = { error, suggestion };
  return { shape: null, reason: error, problems: [fileProblem('unknown_shape', text)] };
}

/** Of an archive that breaks before the first line of its text has ended. */
export function nothingRead(broken: BrokenPlace | null): WholeFileFault {
  if (broken === null) return noJson('');
  const error = `Nothing of the file could be read: ${broken.reason}.`;
  const suggestion =
    broken.suggestion ??
    'Write or download it again, or unpack it with its own program and import the file inside.';
  return { shape: null, reason: error, problems: [fileProblem('unreadable', { error, suggestion })] };
}

/** Of characters of two or four bytes each, with nothing before them that says so. */
export function wideText(encoding: WideEncoding): WholeFileFault {
  const is32 = encoding === 'utf-32';
  const error = is32
    ? 'The file is UTF-32, which is not read.'
    : 'The file looks like UTF-16 without a byte order mark.';
  const suggestion = is32 ? 'Save it as UTF-8, and import it again.' : encodingAdvice(encoding);
  return { shape: null, reason: error, problems: [fileProblem('encoding_error', { error, suggestion })] };
}

/** No fault of the file: a look that is bounded saw none of its records to the end. */
export function beginningTooLarge(): WholeFileFault {
  const reason =
    'The beginning of the file is too large to look at before the import; the import reads all of it.';
  return { shape: null, reason, problems: [] };
}

interface Judging {
  readonly salvage: boolean;
  /** Whether a column that no record has is a fault: not where some were not seen, or it was taken so before. */
  readonly isColumnMissed: boolean;
}

/** The fault of a finished pass that concerns the whole file, if there is one. */
export function faultOfPass(pass: PassFindings, { salvage, isColumnMissed }: Judging): WholeFileFault | null {
  const { tally } = pass.reader;
  if (tally.isMostlyBadEncoding) return badEncoding(Buffer.concat(tally.badBytes));
  if (isDocument(pass.container) && !salvage && isFaulty(pass)) return faultyDocument(pass);
  if (tally.records === 0) return pass.log.total === 0 ? noRecords() : null;
  const absent = absentColumns(pass, isColumnMissed);
  if (absent.length > 0) return noSuchColumns(pass, absent);
  return pass.shape === null && !isUnseen(pass) ? unknownShape(pass) : null;
}

/** Whether no record of it could be looked at: each says itself why. */
function isUnseen({ reader, log }: PassFindings): boolean {
  const isTooMuch = ({ type }: DatasetProblem) => type === 'too_deep' || type === 'line_too_long';
  return reader.tally.firstUnknownKeys === null && log.first.some(isTooMuch);
}

/** Containers that one syntax fault spoils as a whole. */
export function isDocument({ kind }: Container): boolean {
  return !['lines', 'text', 'table', 'parquet'].includes(kind);
}

/** Whether a document has a syntax fault anywhere. */
export function isFaulty(pass: PassFindings): boolean {
  return pass.structureFaults.length > 0 || pass.reader.tally.firstMalformed !== null;
}

function badEncoding(sample: Buffer): WholeFileFault {
  const likely = guessEncoding(sample);
  const error = `Most of the file is no UTF-8; it looks like ${likely}.`;
  const text = {
    error,
    suggestion: encodingAdvice(likely.split(' ')[0] ?? likely),
  };
  return { shape: null, reason: error, problems: [fileProblem('encoding_error', text)] };
}

function encodingAdvice(name: string): string {
  return `Import it again with --encoding ${name}, or save it as UTF-8.`;
}

function faultyDocument(pass: PassFindings): WholeFileFault {
  const { firstMalformed, usable } = pass.reader.tally;
  const candidates = [
    ...pass.structureFaults.toSorted(byPlace).slice(0, 1).map(structureProblem),
    ...(firstMalformed === null ? [] : [firstMalformed]),
  ];
  const first = candidates.toSorted((left, right) => left.line - right.line).slice(0, 1);
  const offer = fileProblem('salvageable', {
    error: `The document has a syntax fault, so nothing was taken; ${String(usable)} of its records can be read on their own.`,
    suggestion: 'Correct the fault, or import again with --salvage to take those.',
  });
  const problems = usable === 0 ? first : [...first, { ...offer, severity: 'info' } as const];
  return { shape: shapeOf(pass), reason: 'The file is one JSON document with a syntax fault.', problems };
}

function byPlace(left: StructureFault, right: StructureFault): number {
  return left.line - right.line || left.column - right.column;
}

/** The letter of formats.md: a table keeps its own, whatever its columns are. */
export function shapeOf({
  container,
  shape,
}: Pick<PassFindings, 'container' | 'shape'>): DatasetShape | null {
  if (isTable(container)) return 'J';
  return shape === null ? null : letterOf(shape);
}

function noRecords(): WholeFileFault {
  const error = 'The file holds no records.';
  const text = { error, suggestion: 'Check that it was written completely, and import it again.' };
  return { shape: null, reason: error, problems: [fileProblem('nothing_to_train', text)] };
}

/** What a file was said to have and has not; the fields of objects may come in any of its records. */
function absentColumns({ container, mapping, reader }: PassFindings, isColumnMissed: boolean): string[] {
  const columns = tableColumns(container);
  if (columns === null)
    return isColumnMissed && reader.tally.samples.length > 0 ? [...reader.unseenColumns] : [];
  return [...new Set(Object.values(mapping ?? {}))].filter((name) => !columns.includes(name));
}

function noSuchColumns(pass: PassFindings, absent: readonly string[]): WholeFileFault {
  const isOfTable = isTable(pass.container);
  const has = isOfTable ? 'The table has' : 'The records have';
  const error = `${has} no column ${absent.map(quoted).join(' and no column ')}.`;
  const columns = isOfTable ? (mappingReport(pass)?.columns ?? []) : pass.reader.tally.names.fields;
  const more = columns.length > MAX_SHOWN_KEYS ? ' and others' : '';
  const suggestion = `${isOfTable ? 'Its' : 'Their'} columns are ${columns.slice(0, MAX_SHOWN_KEYS).map(quoted).join(', ')}${more}.`;
  return {
    shape: shapeOf(pass),
    reason: error,
    problems: [fileProblem('unknown_shape', { error, suggestion })],
    mapping: mappingReport(pass),
  };
}

const quoted = (name: string): string => `“${name.slice(0, MAX_EXAMPLE_NAME)}”`;

const MAX_SHOWN_KEYS = 20;

/** The fields are known, and yet it must be said what they are: the mapping is opened. */
function unclearLabels(pass: PassFindings, problem: DatasetProblem): WholeFileFault {
  return {
    shape: shapeOf(pass),
    reason: problem.error,
    problems: [problem],
    mapping: mappingReport(pass),
  };
}

function unknownShape(pass: PassFindings): WholeFileFault {
  const { firstUnclearLabel, firstUnknownKeys } = pass.reader.tally;
  if (firstUnclearLabel !== null) return unclearLabels(pass, firstUnclearLabel);
  const lists = severalLists(pass);
  if (lists !== null)
    return { shape: shapeOf(pass), reason: lists.error, problems: [fileProblem('unknown_shape', lists)] };
  const mapping = mappingReport(pass);
  const text =
    mapping?.table?.header === false && pass.mapping === null
      ? namelessTable(mapping)
      : {
          error: unknownNames(firstUnknownKeys ?? []),
          suggestion: pass.mapping === null ? howToMap(mapping) : missingRoles(pass.mapping, mapping),
        };
  return {
    shape: shapeOf(pass),
    reason: text.error,
    problems: [fileProblem('unknown_shape', text)],
    mapping,
  };
}

function unknownNames(keys: readonly string[]): string {
  const shown = keys.slice(0, MAX_SHOWN_KEYS).map((key) => JSON.stringify(key.slice(0, 60)));
  const found = shown.length === 0 ? 'no names at all' : `the names ${shown.join(', ')}`;
  return `The records have no known shape: found ${found}.`;
}

function namelessTable(mapping: ReportedMapping) {
  const words = mapWords(exampleOf(mapping));
  return {
    error: 'The first row of the table is read as a record, so nothing says what its columns are.',
    suggestion: `Say which column is what, for example with --table header=no ${words}. If the first row does have the names, say --table header=yes.`,
  };
}

function howToMap(mapping: ReportedMapping | undefined): string {
  const proposed = Object.entries(mapping?.roles ?? {});
  if (proposed.length > 0) return `Say which column is what, as in: ${mapWords(proposed)}.`;
  const example = mapWords(exampleOf(mapping));
  const isNamed = mapping?.table?.header === true;
  const nameless = isNamed
    ? ' If its first row is a record, add --table header=no and call its columns #0, #1 ….'
    : '';
  return `Say which column is what, for example with ${example}, or name the fields as one of the known shapes does, for example {"messages": [{"role": …, "content": …}]} or {"instruction": …, "output": …}.${nameless}`;
}

/** What was said is kept: only what it lacks is named. */
function missingRoles(told: ColumnMapping, mapping: ReportedMapping | undefined): string {
  const taken: readonly string[] = Object.values(told);
  const free = (mapping?.columns ?? []).filter((column) => !taken.includes(column));
  const isHalf = told.user !== undefined || told.assistant !== undefined;
  const lacking = (['user', 'assistant'] as const).filter((role) => told[role] === undefined);
  if (!isHalf || lacking.length === 0) return howToMap(mapping);
  const words = lacking.map((role, index): [string, string] => [role, free[index] ?? '…']);
  return `The role ${lacking.join(' and ')} is missing: add it, as in ${mapWords([...Object.entries(told), ...words])}.`;
}

const isProse = (cell: string): boolean => Number.isNaN(Number(cell)) && !/^\s*[[{]/.test(cell);

/** With the first names that can be read at a glance, and hold texts: no numbers, no lists. */
function exampleOf(mapping: ReportedMapping | undefined): [string, string][] {
  const { columns = [], rows = [] } = mapping ?? {};
  const isText = (column: string) => rows.some((row) => isProse(row[column] ?? ''));
  const [first, second] = columns.filter(
    (column) => column.length <= MAX_EXAMPLE_NAME && (rows.length === 0 || isText(column)),
  );
  if (first !== undefined && columns.length === 1) return [['text', first]];
  return [
    ['user', first ?? '…'],
    ['assistant', second ?? '…'],
  ];
}

const MAX_EXAMPLE_NAME = 60;

function mapWords(roles: readonly (readonly [string, string])[]): string {
  return roles.map(([role, column]) => `--map ${asTyped(`${role}=${column}`)}`).join(' ');
}

/** One word for a shell, whatever is in it. */
function asTyped(word: string): string {
  return /^[\p{L}\p{N}_=#.…-]+$/u.test(word) ? word : `"${word.replace(/["\\$`]/g, '\\$&')}"`;
}

function fileProblem(
  type: ProblemType,
  text: { readonly error: string; readonly suggestion: string },
): DatasetProblem {
  return { line: 1, path: null, record_id: null, type, severity: 'error', ...text };
}
