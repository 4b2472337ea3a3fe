import type { StructureFault } from '../readers/document-parts';
import { groupTurns } from '../readers/group-turns';
import { isJsonObject } from '../readers/json-object';
import type { BrokenPlace, SourceText } from '../readers/open-source';
import { parseJson } from '../readers/parse-json';
import type { RawRecord, TurnColumns } from '../readers/raw-record';
import { readBareRecord, readDocumentRecords } from '../readers/read-document';
import { readLineRecords } from '../readers/read-lines';
import { readParquetRecords } from '../readers/read-parquet';
import { readTableRecords } from '../readers/read-table';
import type { TableLayout } from '../readers/table-layout';
import { FrontMatter, readTextBlocks } from '../readers/read-text-blocks';
import { detectShape } from '../shapes/detect-shape';
import type { RecordShape } from '../shapes/detect-shape';
import { prepareRecord } from './prepare-record';
import type { Preparation } from './prepare-record';
import { Tally } from './tally';

/** What concerns a file's structure and not one record; filled while its records are read. */
export interface ReadingNotes {
  readonly faults: StructureFault[];
  /** Places beyond which nothing could be read. */
  readonly breaks: BrokenPlace[];
  /** What was left out or taken for something, in sentences. */
  readonly remarks: string[];
}

export function noNotes(): ReadingNotes {
  return { faults: [], breaks: [], remarks: [] };
}

export interface ReadableSource {
  readonly source: SourceText;
  readonly signal: AbortSignal;
  readonly onBytes: (total: number) => void;
  /** As that of `openSource`, of formats that unpack themselves. */
  readonly onUnpacked: (total: number) => void;
  /** Of formats that are read row by row from anywhere; all where it is left out. */
  readonly maxRows?: number;
}

type Batches = AsyncIterable<readonly RawRecord[]>;

/** The records of a file in batches, however it holds them. */
export async function* readRecords(
  readable: ReadableSource,
  container: Preparation['container'],
  notes: ReadingNotes,
): AsyncGenerator<readonly RawRecord[]> {
  yield* batchesOf(readable, container, notes);
  const broken = readable.source.brokenAt();
  if (broken !== null) notes.breaks.push(broken);
}

function batchesOf(
  readable: ReadableSource,
  container: Preparation['container'],
  notes: ReadingNotes,
): Batches {
  const { open } = readable.source;
  const onBreak = (place: BrokenPlace) => notes.breaks.push(place);
  switch (container.kind) {
    case 'lines':
      return readLineRecords(open());
    case 'bare':
      return readBareRecord(open());
    case 'text':
      return readBlocks(open(), container.isMarkdown, notes);
    case 'table':
      noteSeparatorLine(container.layout, notes);
      return grouped(readTableRecords(open(), container.layout, onBreak), container.turns, notes);
    case 'parquet':
      return grouped(
        readParquetRecords(
          { ...readable, path: container.path, encoding: readable.source.encoding.name },
          onBreak,
        ),
        container.turns,
        notes,
      );
    case 'array':
    case 'list':
    case 'conversations':
    case 'pairs':
      return readDocumentRecords(open(), container, notes.faults);
  }
}

function noteSeparatorLine({ separatorLine }: TableLayout, { remarks }: ReadingNotes): void {
  if (separatorLine === null) return;
  const shown = separatorLine === '\t' ? 'tab' : separatorLine;
  remarks.push(`Its first line, “sep=${shown}”, names the delimiter; it is no record.`);
}

function grouped(rows: Batches, turns: TurnColumns | null, { remarks }: ReadingNotes): Batches {
  if (turns === null) return rows;
  remarks.push(`Its rows are turns, put together by “${turns.conversation}”.`);
  const split = 'Rows of one conversation that lie far apart were not put together.';
  const disorder = `“${turns.order ?? ''}” holds neither numbers nor times in all rows of a conversation, so that its turns stay in the order of the file.`;
  const note = (remark: string) => () => {
    if (!remarks.includes(remark)) remarks.push(remark);
  };
  return groupTurns(rows, turns, { onSplit: note(split), onDisorder: note(disorder) });
}

async function* readBlocks(chunks: AsyncIterable<Buffer>, isMarkdown: boolean, { remarks }: ReadingNotes) {
  const frontMatter = new FrontMatter(isMarkdown);
  yield* readTextBlocks(chunks, frontMatter);
  if (frontMatter.leftOut) remarks.push('Its front matter, the settings at its head, was left out.');
}

const GUESS_RECORDS = 500;

/** The most frequent shape of the first records. The whole file decides in the end. */
export async function guessShape(
  readable: ReadableSource,
  preparation: Preparation,
): Promise<RecordShape | null> {
  const { container } = preparation;
  if (container.kind === 'text') return 'I';
  if (container.kind === 'conversations' || container.kind === 'pairs') return 'B';
  const tally = new Tally();
  for await (const batch of readRecords(readable, container, noNotes())) {
    for (const raw of batch) tally.countShape(shapeOf(raw, preparation));
    tally.records += batch.length;
    if (tally.records >= GUESS_RECORDS) break;
  }
  return tally.mostFrequentShape;
}

function shapeOf(raw: RawRecord, preparation: Preparation): RecordShape | null {
  const parsed = raw.tooLong ? null : (raw.parsed ?? parseJson(raw.bytes, raw.outerDepth));
  const value = parsed?.kind === 'value' ? parsed.value : null;
  return isJsonObject(value) && !('_meta' in value) ? detectShape(prepareRecord(value, preparation)) : null;
}
