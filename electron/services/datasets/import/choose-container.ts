import { MAX_COLUMNS } from '../readers/limits';
import { wideEncoding } from '../readers/guess-encoding';
import { findLayout, findNamelessLayout, holdsDataRow } from '../readers/table-layout';
import type { LayoutHints, TableLayout } from '../readers/table-layout';
import { isSealedParquet, outlineParquet, parquetDamage } from '../readers/read-parquet';
import type { SourceText } from '../readers/open-source';
import type { Container, TurnColumns } from '../readers/raw-record';
import type { ColumnMapping, TableOptions } from '../../../../src/lib/types/dataset-reading';
import { detectShape } from '../shapes/detect-shape';
import { proposeMapping } from '../shapes/propose-mapping';
import type { ImportRequest } from './import-request';
import { firstRecords, planContainer } from './plan-container';
import { isParquet, recogniseBytes, textContainer } from './recognise-file';
import { SourceFault } from './source-fault';
import { faultOfOtherFile, noJson, nothingRead, wideText } from './whole-file';
import type { WholeFileFault } from './whole-file';

export interface Choice {
  readonly request: ImportRequest;
  readonly source: SourceText;
  /** Of the copy, for formats that are read from any place. */
  readonly path: string;
  readonly fileName: string;
  readonly maxBytes: number;
}

/** How the file holds its records, or why nothing can be taken from it. */
export async function chooseContainer(choice: Choice): Promise<Container | WholeFileFault> {
  const { source, request, fileName } = choice;
  const parquet = source.archive === null ? await parquetContainer(choice) : null;
  if (parquet !== null) return parquet;
  const other = otherText(choice);
  if (other !== null) return other;
  const container = request.table === undefined ? await planContainer(source.open) : null;
  if (container !== null) return container;
  if ((await firstRecords(source.open, 1)).length === 0) return nothingRead(source.brokenAt());
  const sample = await sampleOf(source, request.table);
  return (
    tableContainer(choice, findLayout(sample, hintsOf(choice))) ??
    textContainer(fileName, source.archive) ??
    tableContainer(choice, findNamelessLayout(sample, hintsOf(choice))) ??
    noJson(sample)
  );
}

/** What its first bytes say that it is instead of a text in UTF-8. */
function otherText({ source, request }: Choice): WholeFileFault | null {
  const other = recogniseBytes(source.head);
  if (other !== null) return faultOfOtherFile(other);
  const wide = request.encoding === undefined ? wideEncoding(source.head) : null;
  // The mark of UTF-32 begins as that of UTF-16 does.
  const isUntold = wide === 'utf-32' || source.encoding.name === 'utf-8';
  return wide !== null && isUntold ? wideText(wide) : null;
}

const SAMPLE_BYTES = 256 * 1024;
const MAX_SAMPLE_BYTES = 64 * SAMPLE_BYTES;
const GROWTH = 4;

function tableContainer({ request }: Choice, layout: TableLayout | null): Container | null {
  if (layout === null) return null;
  refuseWide(layout.columns);
  return { kind: 'table', layout, turns: turnColumns(layout.columns, request.mapping) };
}

function hintsOf({ request: { table, mapping = {} }, source, fileName }: Choice): LayoutHints {
  const named = Object.values(mapping);
  const areKnown = (names: readonly string[]) =>
    names.some((name) => named.includes(name)) ||
    detectShape(Object.fromEntries(names.map((name) => [name.toLowerCase(), '']))) !== null ||
    Object.keys(proposeMapping(names)).length > 0;
  return { options: table, areKnown, isCalledText: textContainer(fileName, source.archive) !== null };
}

/** Whole lines from the beginning, and the first row of data whole where the limit holds it. */
async function sampleOf(source: SourceText, options?: TableOptions): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  let wantedBytes = SAMPLE_BYTES;
  for await (const chunk of source.open()) {
    pieces.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes < wantedBytes) continue;
    const sample = wholeLines(Buffer.concat(pieces).subarray(0, wantedBytes));
    if (wantedBytes >= MAX_SAMPLE_BYTES || holdsDataRow(sample, options)) return sample;
    wantedBytes *= GROWTH;
  }
  return Buffer.concat(pieces).toString('utf8');
}

function wholeLines(bytes: Buffer): string {
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1).toString('utf8');
}

async function parquetContainer({ source, path, request, maxBytes }: Choice): Promise<Container | null> {
  if (await isSealedParquet(path)) throw SourceFault.encryptedParquet();
  if (!isParquet(source.head)) return null;
  const { columns, isEncrypted, unclear, unpackedBytes } = await readableParquet(path);
  if (isEncrypted) throw SourceFault.encryptedParquet();
  refuseWide(columns);
  if (unclear !== null) throw SourceFault.unclearColumn(unclear);
  if (unpackedBytes > maxBytes) throw SourceFault.unpacksTooLarge(maxBytes);
  return { kind: 'parquet', path, columns, turns: turnColumns(columns, request.mapping) };
}

function refuseWide({ length }: readonly string[]): void {
  if (length > MAX_COLUMNS) throw SourceFault.tooManyColumns(length);
}

async function readableParquet(path: string) {
  try {
    return await outlineParquet(path);
  } catch (error) {
    throw new SourceFault('unreadable', {
      error: `The Parquet file is damaged: ${parquetDamage(error)}.`,
      suggestion: 'Write or download it again, and import it again.',
    });
  }
}

/** One turn a row, as the user says or the names of the columns do; null where a row is a record. */
function turnColumns(columns: readonly string[], mapping?: ColumnMapping): TurnColumns | null {
  const isKnown = detectShape(Object.fromEntries(columns.map((column) => [column, '']))) !== null;
  const { conversation, order, role, content } = mapping ?? (isKnown ? {} : proposeMapping(columns));
  if (conversation === undefined || role === undefined || content === undefined) return null;
  return { conversation, order: order ?? null, role, content };
}
