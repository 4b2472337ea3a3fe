import { z } from 'zod';
import { ColumnMapping, Reading, RoleNames, TableOptions } from '../../../../src/lib/types/dataset-reading';
import type { DatasetReport } from '../../../../src/lib/types/dataset-records';
import { ChangesPage, SafeFix } from '../../../../src/lib/types/dataset-versions';
import type { ExclusionsAfter } from '../../../../src/lib/types/dataset-versions';
import type { RecordDiff } from '../compare/compare-versions';
import type { ImportStatistics } from './statistics';

/** Says that another version of a dataset is made, of the source that it keeps or of a newer file. */
export const Revision = z.strictObject({
  isNewFile: z.boolean(),
  sourceSha256: z.string().nullable(),
  /** What the result is compared with; an absolute path. */
  current: z.strictObject({ sha256: z.string(), path: z.string() }),
  /** Of a newer file: what the version before left out by hand, and the original in which these ids name records. */
  carry: z
    .strictObject({
      ids: z.array(z.string()),
      /** Null where it is not kept. */
      sourcePath: z.string().nullable(),
      fileName: z.string(),
      reading: Reading,
    })
    .optional(),
  /** Compares, and keeps nothing. */
  isPreview: z.boolean(),
  /** Of a preview: which changes are shown, and where what was read goes if there are more than one call shows. */
  page: ChangesPage.optional(),
  moreAt: z.string().optional(),
  /** Of a preview: lists of fixes of which it is only counted how many records each would change. */
  tries: z.array(z.array(SafeFix)).optional(),
  /** Of what is kept: the folder in which its name is written before it is published. */
  announceIn: z.string().optional(),
});
export type Revision = Readonly<z.infer<typeof Revision>>;

/** All that an import has to know; crosses to the worker thread as it is. */
export const ImportRequest = z.strictObject({
  sourcePath: z.string(),
  /** The dataset's folder in its bucket. Everything is written below it. */
  datasetDir: z.string(),
  /** Names the staging folder; whoever ends the worker sweeps it. */
  stagingToken: z.string(),
  maxBytes: z.int().min(1).optional(),
  /** A link is followed only when the user chose the link itself. */
  followLink: z.boolean().optional(),
  /** Reads the file in this encoding whatever its bytes look like. */
  encoding: z.string().optional(),
  /** Takes the elements of a faulty document that parse on their own. */
  salvage: z.boolean().optional(),
  /** Removes the marks that older tools put at the ends of prompts and completions. */
  stripSeparators: z.boolean().optional(),
  /** Which column plays which role, where the names do not say it. */
  mapping: ColumnMapping.optional(),
  /** Reads the text as a table, and how. */
  table: TableOptions.optional(),
  /** Who speaks under names that are no usual ones. */
  roleNames: RoleNames.optional(),
  /** For records without a system text of their own. */
  systemPrompt: z.string().optional(),
  /** What the original is called, where `sourcePath` does not say it any more. */
  fileName: z.string().optional(),
  /** Ids of records to leave out. */
  exclude: z.array(z.string()).optional(),
  fixes: z.array(SafeFix).optional(),
  revision: Revision.optional(),
  seed: z.int().optional(),
  share: z.number().min(0).max(0.5).optional(),
});
export type ImportRequest = Readonly<z.infer<typeof ImportRequest>>;

export interface ImportedVersion {
  /** Of the canonical `dataset.jsonl`: what a job names and a trainer checks. */
  readonly sha256: string;
  readonly sourceSha256: string;
  readonly sizeBytes: number;
  readonly records: number;
}

/** What became, in a newer file, of records that were left out by hand. */
export interface CarriedExclusions {
  /** In the newer file, of those that stay out. */
  readonly ids: readonly string[];
  readonly told: ExclusionsAfter;
}

/** Why a revision was not kept. */
export type UnkeptRevision =
  | { readonly kind: 'compared'; readonly diff: RecordDiff }
  | { readonly kind: 'tried'; readonly changes: readonly number[] }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'records_absent'; readonly ids: readonly string[] };

export interface ImportResult {
  readonly report: DatasetReport;
  readonly statistics: ImportStatistics;
  readonly sourceBytes: number;
  /** Of the file's columns or fields; null where it has none. */
  readonly signature: string | null;
  /** Where a followed link led. */
  readonly linkTarget: string | null;
  /** Folder under the dataset's, with the source and its problems; null when nothing could be read. */
  readonly versionDir: string | null;
  /** Null when no record can be used. */
  readonly version: ImportedVersion | null;
  /** Absent for a first import, and where the new version was kept. */
  readonly unkept?: UnkeptRevision;
  /** Absent where the version before left nothing out by hand, or its original was read again. */
  readonly carried?: CarriedExclusions;
}

export interface ImportProgress {
  readonly phase: 'copying' | 'reading';
  readonly bytes_done: number;
  readonly bytes_total: number;
  readonly records: number;
  readonly problems: number;
}
