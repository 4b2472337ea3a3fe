import type { StructureFault } from '../readers/document-scanner';
import { isJsonObject } from '../readers/json-object';
import { parseJson } from '../readers/parse-json';
import type { Container, RawRecord } from '../readers/raw-record';
import { readBareRecord, readDocumentRecords } from '../readers/read-document';
import { readLineRecords } from '../readers/read-lines';
import { FrontMatter, readTextBlocks } from '../readers/read-text-blocks';
import { detectShape } from '../shapes/detect-shape';
import type { RecordShape } from '../shapes/detect-shape';
import type { OpenText } from './plan-container';
import { Tally } from './tally';

/** What concerns a file's structure and not one record; filled while its records are read. */
export interface ReadingNotes {
  readonly faults: StructureFault[];
  /** What was left out or taken for something, in sentences. */
  readonly remarks: string[];
}

export function noNotes(): ReadingNotes {
  return { faults: [], remarks: [] };
}

/** The records of a text in batches, however it holds them. */
export function readRecords(
  openText: OpenText,
  container: Container,
  notes: ReadingNotes,
): AsyncIterable<readonly RawRecord[]> {
  switch (container.kind) {
    case 'lines':
      return readLineRecords(openText());
    case 'bare':
      return readBareRecord(openText());
    case 'text':
      return readBlocks(openText(), container.isMarkdown, notes);
    case 'array':
    case 'list':
    case 'conversations':
    case 'pairs':
      return readDocumentRecords(openText(), container, notes.faults);
  }
}

async function* readBlocks(chunks: AsyncIterable<Buffer>, isMarkdown: boolean, { remarks }: ReadingNotes) {
  const frontMatter = new FrontMatter(isMarkdown);
  yield* readTextBlocks(chunks, frontMatter);
  if (frontMatter.leftOut) remarks.push('Its front matter, the settings at its head, was left out.');
}

const GUESS_RECORDS = 500;

/** The most frequent shape of the first records. The whole file decides in the end. */
export async function guessShape(openText: OpenText, container: Container): Promise<RecordShape | null> {
  if (container.kind === 'text') return 'I';
  if (container.kind === 'conversations' || container.kind === 'pairs') return 'B';
  const tally = new Tally();
  for await (const batch of readRecords(openText, container, noNotes())) {
    for (const raw of batch) tally.countShape(shapeOf(raw));
    tally.records += batch.length;
    if (tally.records >= GUESS_RECORDS) break;
  }
  return tally.mostFrequentShape;
}

function shapeOf(raw: RawRecord): RecordShape | null {
  const parsed = raw.tooLong ? null : parseJson(raw.bytes, raw.outerDepth);
  const value = parsed?.kind === 'value' ? parsed.value : null;
  return isJsonObject(value) && !('_meta' in value) ? detectShape(value) : null;
}
