import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SourceMetadata } from '../../../src/lib/types/dataset-metadata';
import { Reading } from '../../../src/lib/types/dataset-reading';
import { SplitFile } from '../../../src/lib/types/dataset-records';
import type { SplitView } from '../../../src/lib/types/dataset-split';
import { ProblemPlace } from '../../../src/lib/types/raw-part';
import type { RawPart } from '../../../src/lib/types/raw-part';
import { readRawPart } from './raw-part';
import { searchRecords } from './record-index';
import type { RecordsPage } from './record-index';
import { placesOfLines, repeatedRecordIds, selectRecordIds } from './record-selection';
import type { SelectedRecords } from './record-selection';
import { readMetadata } from './source-metadata';
import { viewOfSplit } from './split-view';

const Path = z.string();
const Limit = z.int().min(0);

/** One reading of a canonical file or of an original, however long. */
export const RecordScan = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('split'), path: Path, split_path: Path }),
  z.strictObject({ kind: z.literal('repeats'), path: Path, limit: Limit }),
  z.strictObject({
    kind: z.literal('select'),
    path: Path,
    query: z.string(),
    among: z.set(z.string()).nullable(),
    limit: Limit,
  }),
  z.strictObject({ kind: z.literal('places'), path: Path, lines: z.array(z.int()) }),
  z.strictObject({ kind: z.literal('search'), path: Path, query: z.string(), offset: Limit, limit: Limit }),
  z.strictObject({ kind: z.literal('metadata'), path: Path }),
  z.strictObject({
    kind: z.literal('raw'),
    kept: z.strictObject({ path: Path, fileName: z.string(), reading: Reading }),
    place: ProblemPlace,
  }),
]);
export type RecordScan = z.infer<typeof RecordScan>;

type ScanOf<Kind extends RecordScan['kind']> = Omit<Extract<RecordScan, { kind: Kind }>, 'kind'>;

/** What needs every record of a version, or of its original; of a million that takes seconds. */
export interface RecordScans {
  /** What the split that is written at `split_path` makes of the records. */
  split(scan: ScanOf<'split'>): Promise<SplitView>;
  /** The first `limit` of those that repeat an earlier one. */
  repeats(scan: ScanOf<'repeats'>): Promise<SelectedRecords>;
  /** The first `limit` of those that hold a text. */
  select(scan: ScanOf<'select'>): Promise<SelectedRecords>;
  /** Of each line of the original, ascending, how many records begin before it. */
  places(scan: ScanOf<'places'>): Promise<number[]>;
  /** A page of those that hold a text, until nobody wants it any more. */
  search(scan: ScanOf<'search'>, signal: AbortSignal): Promise<RecordsPage>;
  /** What an original says of itself. */
  metadata(scan: ScanOf<'metadata'>): Promise<SourceMetadata>;
  /** What stands in an original where a problem is; null for nothing. */
  raw(scan: ScanOf<'raw'>): Promise<RawPart | null>;
}

/** On the thread that asks. */
export const recordScans: RecordScans = {
  split: async ({ path, split_path }) =>
    viewOfSplit(path, SplitFile.parse(JSON.parse(await readFile(split_path, 'utf8')))),
  repeats: ({ path, limit }) => repeatedRecordIds(path, limit),
  select: ({ path, ...selection }) => selectRecordIds(path, selection),
  places: ({ path, lines }) => placesOfLines(path, lines),
  search: ({ path, ...page }) => searchRecords(path, page),
  metadata: ({ path }) => readMetadata(path),
  raw: ({ kept, place }) => readRawPart(kept, place),
};

export const runScan = (scan: RecordScan): Promise<unknown> => {
  switch (scan.kind) {
    case 'split':
      return recordScans.split(scan);
    case 'repeats':
      return recordScans.repeats(scan);
    case 'select':
      return recordScans.select(scan);
    case 'places':
      return recordScans.places(scan);
    case 'search':
      return searchRecords(scan.path, scan);
    case 'metadata':
      return recordScans.metadata(scan);
    case 'raw':
      return recordScans.raw(scan);
  }
};
