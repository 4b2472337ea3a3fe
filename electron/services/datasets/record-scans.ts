import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SplitFile } from '../../../src/lib/types/dataset-records';
import type { SplitView } from '../../../src/lib/types/dataset-split';
import { searchRecords } from './record-index';
import type { RecordsPage } from './record-index';
import { placesOfLines, repeatedRecordIds, selectRecordIds } from './record-selection';
import type { SelectedRecords } from './record-selection';
import { viewOfSplit } from './split-view';

const Path = z.string();
const Limit = z.int().min(0);

/** One reading of all records of a canonical file. */
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
]);
export type RecordScan = z.infer<typeof RecordScan>;

type ScanOf<Kind extends RecordScan['kind']> = Omit<Extract<RecordScan, { kind: Kind }>, 'kind'>;

/** What needs every record of a version, which of a million takes seconds. */
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
}

/** On the thread that asks. */
export const recordScans: RecordScans = {
  split: async ({ path, split_path }) =>
    viewOfSplit(path, SplitFile.parse(JSON.parse(await readFile(split_path, 'utf8')))),
  repeats: ({ path, limit }) => repeatedRecordIds(path, limit),
  select: ({ path, ...selection }) => selectRecordIds(path, selection),
  places: ({ path, lines }) => placesOfLines(path, lines),
  search: ({ path, ...page }) => searchRecords(path, page),
};

export const runScan = (scan: RecordScan): Promise<SplitView | SelectedRecords | RecordsPage | number[]> => {
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
  }
};
