import type { DatasetShape } from '../../../../src/lib/types/dataset-records';
import type { StructureFault } from '../readers/document-scanner';
import { isJsonObject } from '../readers/json-object';
import { parseJson } from '../readers/parse-json';
import type { Container, RawRecord } from '../readers/raw-record';
import { readBareRecord, readDocumentRecords } from '../readers/read-document';
import { readLineRecords } from '../readers/read-lines';
import { detectShape } from '../shapes/detect-shape';
import type { OpenText } from './plan-container';
import { Tally } from './tally';

/** The records of a text in batches, however it holds them. */
export function readRecords(
  openText: OpenText,
  container: Container,
  faults: StructureFault[],
): AsyncIterable<readonly RawRecord[]> {
  if (container.kind === 'lines') return readLineRecords(openText());
  if (container.kind === 'bare') return readBareRecord(openText());
  return readDocumentRecords(openText(), container, faults);
}

const GUESS_RECORDS = 500;

/** The most frequent shape of the first records. The whole file decides in the end. */
export async function guessShape(openText: OpenText, container: Container): Promise<DatasetShape | null> {
  if (container.kind === 'conversations' || container.kind === 'pairs') return 'B';
  const tally = new Tally();
  for await (const batch of readRecords(openText, container, [])) {
    for (const raw of batch) tally.countShape(shapeOf(raw));
    tally.records += batch.length;
    if (tally.records >= GUESS_RECORDS) break;
  }
  return tally.mostFrequentShape;
}

function shapeOf(raw: RawRecord): DatasetShape | null {
  const parsed = raw.tooLong ? null : parseJson(raw.bytes, raw.outerDepth);
  const value = parsed?.kind === 'value' ? parsed.value : null;
  return isJsonObject(value) && !('_meta' in value) ? detectShape(value) : null;
}
