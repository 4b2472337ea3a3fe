import { jsonSpot, namesOf, spotByColumn } from '../../../src/lib/raw-spot';
import type { ProblemPlace, RawPart, Spot } from '../../../src/lib/types/raw-part';
import { cellSpot } from './cell-spot';
import { chooseContainer } from './import/choose-container';
import { noNotes, readRecords } from './import/read-source';
import { SourceFault } from './import/source-fault';
import { isJsonObject } from './readers/json-object';
import { MAX_LINE_BYTES } from './readers/limits';
import { LineCutter } from './readers/lines';
import type { SourceLine } from './readers/lines';
import { openSource } from './readers/open-source';
import type { SourceText } from './readers/open-source';
import type { Container, RawRecord } from './readers/raw-record';
import { wordsOfReading } from './version-recipe';
import type { Reading } from '../../../src/lib/types/dataset-reading';

export interface KeptSource {
  readonly path: string;
  readonly fileName: string;
  readonly reading: Reading;
}

/**
 * What stands in an original where a problem is: the whole record, whether it is a line, a row, or an element
 * of a document; else the line. Null where there is neither.
 */
export async function readRawPart(kept: KeptSource, place: ProblemPlace): Promise<RawPart | null> {
  const source = await openSource(kept.path, { encoding: kept.reading.encoding });
  const container = await containerOf(kept, source);
  const record = container === null ? null : await recordAt({ source, container }, place);
  const found = record && container && (await written({ source, container }, record, place));
  if (found) return shown(found);
  return container?.kind === 'parquet' ? null : lineAt(source, place);
}

interface Written {
  readonly text: string;
  readonly spot: Spot | null;
}

interface Readable {
  readonly source: SourceText;
  readonly container: Container;
}

/** Null for a file that is not read at all. */
async function containerOf(
  { path, fileName, reading }: KeptSource,
  source: SourceText,
): Promise<Container | null> {
  const request = { ...wordsOfReading(reading), sourcePath: path, datasetDir: '', stagingToken: '' };
  const choice = { request, source, path, fileName, maxBytes: Number.MAX_SAFE_INTEGER };
  try {
    const container = await chooseContainer(choice);
    return 'problems' in container ? null : container;
  } catch (error) {
    if (error instanceof SourceFault) return null;
    throw error;
  }
}

async function recordAt({ source, container }: Readable, place: ProblemPlace): Promise<RawRecord | null> {
  const readable = {
    source,
    signal: new AbortController().signal,
    onBytes: () => undefined,
    onUnpacked: () => undefined,
    ...(container.kind === 'parquet' && { maxRows: place.line }),
  };
  // Rows of one conversation are one record, of which each has a line of its own.
  const alone = 'turns' in container ? { ...container, turns: null } : container;
  for await (const batch of readRecords(readable, alone, noNotes())) {
    const found = batch.find((raw) => holds(raw, alone, place));
    if (found) return found.tooLong ? null : found;
  }
  return null;
}

function holds(raw: RawRecord, { kind }: Container, { line, path }: ProblemPlace): boolean {
  if (kind === 'bare') return true;
  if (!DOCUMENTS.has(kind)) return raw.line === line;
  return path !== null && (path === raw.pointer || path.startsWith(`${raw.pointer}/`));
}

const DOCUMENTS: ReadonlySet<Container['kind']> = new Set(['array', 'list', 'conversations', 'pairs']);

async function written(
  { source, container }: Readable,
  raw: RawRecord,
  place: ProblemPlace,
): Promise<Written | null> {
  const names = namesOf(place.path?.slice(place.path.startsWith(raw.pointer) ? raw.pointer.length : 0));
  if (container.kind === 'table') {
    const { columns } = container.layout;
    const text = await linesFrom(source, raw.line, 1 + breaksIn(raw));
    return text === null
      ? null
      : { text, spot: cellSpot(text, columns.indexOf(names[0] ?? ''), container.layout) };
  }
  const text = raw.parsed?.kind === 'value' ? textOf(raw.parsed.value) : raw.bytes.toString('utf8');
  return {
    text,
    spot: spotByColumn(text, raw, place.error) ?? jsonSpot(text, names) ?? unreadable(text, place),
  };
}

/** Where bytes are no text. */
function unreadable(text: string, { type }: ProblemPlace): Spot | null {
  const start = type === 'encoding_error' ? text.indexOf('\ufffd') : -1;
  return start === -1 ? null : { start, end: start + 1 };
}

/** A block of a plain text is a record of nothing else. */
const textOf = (value: unknown): string =>
  isJsonObject(value) && Object.keys(value).length === 1 && typeof value.text === 'string'
    ? value.text
    : JSON.stringify(value);

const breaksIn = ({ parsed }: RawRecord): number =>
  parsed?.kind === 'value' && isJsonObject(parsed.value)
    ? Object.values(parsed.value).join('').split('\n').length - 1
    : 0;

async function lineAt(source: SourceText, { line, error }: ProblemPlace): Promise<RawPart | null> {
  const text = await linesFrom(source, line, 1);
  return text === null ? null : shown({ text, spot: spotByColumn(text, { line, column: 1 }, error) });
}

async function linesFrom(source: SourceText, first: number, count: number): Promise<string | null> {
  const cutter = new LineCutter();
  const found: SourceLine[] = [];
  const keep = (lines: readonly SourceLine[]) => {
    found.push(...lines.filter(({ line }) => line >= first && line < first + count));
  };
  for await (const chunk of source.open()) {
    keep(cutter.push(chunk));
    if (found.length >= count) break;
  }
  if (found.length < count) keep(cutter.end());
  if (found.length === 0) return null;
  return Buffer.concat(found.flatMap(({ bytes }) => [bytes, LF]))
    .subarray(0, MAX_LINE_BYTES)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

const LF = Buffer.from('\n');
const SHOWN = 64 * 1024;
const SHOWN_BEFORE = SHOWN / 4;

/** Around the spot, where it is too long for anybody to read. */
function shown({ text, spot }: Written): RawPart {
  const start = text.length <= SHOWN ? 0 : whole(text, Math.max(0, (spot?.start ?? 0) - SHOWN_BEFORE));
  const end = whole(text, Math.min(text.length, start + SHOWN));
  return {
    text: text.slice(start, end),
    spot: spot && { start: spot.start - start, end: Math.min(spot.end, end) - start },
    is_cut_before: start > 0,
    is_cut_after: end < text.length,
  };
}

/** Not between the halves of a character. */
const whole = (text: string, at: number): number =>
  at > 0 && /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at;
