import { z } from 'zod';
import { CanonicalRecord, DatasetReport, MessageRole } from './dataset-records';
import { Reading } from './dataset-reading';
import { Count } from './primitives';

/** What a file proves to be by its beginning, read as an import would read it. */
export const ImportPreview = z.strictObject({
  file_name: z.string(),
  size_bytes: Count,
  /** Where a followed link leads. */
  link_target: z.string().nullable(),
  archive: z.enum(['gzip', 'zstd']).nullable(),
  encoding: z.string(),
  /** How the file holds its records, in words; null where nothing could be told. */
  container: z.string().nullable(),
  /** Of the records that were read, and no others. */
  report: DatasetReport,
  /** Whether those are all. */
  is_whole: z.boolean(),
  records: z.array(CanonicalRecord).max(5),
  /** Names of the columns, or of the fields of flat records; they may be given roles. */
  columns: z.array(z.string()),
  rows: z.array(z.record(z.string(), z.string())).max(3),
  table: z
    .strictObject({ header: z.boolean(), delimiter: z.string(), quote: z.string().nullable() })
    .nullable(),
  /** Which columns are taken for what: as told, else as their names suggest. */
  roles: z.record(z.string(), z.string()),
  /** Names that turns give their speakers, and whom each is taken for. */
  role_names: z.array(z.strictObject({ name: z.string(), role: MessageRole.nullable() })),
  /** Files with the same names of columns or fields have the same one; null where there are none. */
  signature: z.string().nullable(),
  /** How it was read. */
  reading: Reading,
  /** Whether that is how a file like it was read before. */
  is_remembered: z.boolean(),
});
export type ImportPreview = z.infer<typeof ImportPreview>;

/** The files that dropped or chosen paths stand for, and what is not among them. */
export const FoundFiles = z.strictObject({
  paths: z.array(z.string()),
  /** Files that were there beyond the limit. */
  left_out: Count,
  unread_folders: Count,
  /** Given ones that were read and hold nothing to take. */
  empty_folders: Count,
});
export type FoundFiles = z.infer<typeof FoundFiles>;
