import { z } from 'zod';
import { Reading } from './dataset-reading';
import { CanonicalRecord } from './dataset-records';
import { Count, Sha256, Timestamp, Uuid } from './primitives';

/**
 * A change of messages that loses nothing of what is to be learned, or only what was asked for.
 * `truncate_history` keeps the last n turns before the answer, beginning with a user turn.
 */
export const SafeFix = z.union([
  z.enum(['trim', 'drop_repeated_user_turn', 'cut_before_empty_answer', 'merge_system']),
  z.strictObject({ truncate_history: z.int().min(1).max(1000) }),
]);
export type SafeFix = z.infer<typeof SafeFix>;

/** As many ids as one call may name. */
export const MAX_EDITED_RECORDS = 100_000;

const RecordIdList = z.array(z.string().min(1)).max(MAX_EDITED_RECORDS);

/**
 * A newer file in the place of the original, read as that one was but for what is said. `sha256`: what it
 * held when its difference was shown; anything else is refused.
 */
export const EditFile = z.strictObject({
  path: z.string().min(1),
  reading: Reading.optional(),
  sha256: Sha256.optional(),
});
export type EditFile = z.infer<typeof EditFile>;

/**
 * What is to be changed of a dataset's current version; records by their ids. Of a newer `file` is left out
 * what was left out of the one before and says the same, and what is said here; fixed only what is said here.
 */
export const DatasetEdit = z.strictObject({
  exclude: RecordIdList,
  include: RecordIdList,
  fixes: z.array(SafeFix).max(10),
  file: EditFile.optional(),
  /** The version in which the ids were chosen, the one in use where it is not said. */
  version: z.int().min(1).optional(),
});
export type DatasetEdit = z.infer<typeof DatasetEdit>;

/** One immutable content of a dataset, and what made it from the original file. */
export const DatasetVersion = z.strictObject({
  id: Uuid,
  dataset_id: Uuid,
  number: z.int().min(1),
  sha256: Sha256,
  records: Count,
  size_bytes: Count,
  created_at: Timestamp,
  is_current: z.boolean(),
  /** How many records were left out by hand. */
  excluded: Count,
  fixes: z.array(SafeFix),
  /** The file that it was read from; null where that was not written down. */
  file_name: z.string().nullable(),
  /** Jobs that were started on it, oldest first. */
  runs: z.array(Uuid),
});
export type DatasetVersion = z.infer<typeof DatasetVersion>;

/** A text of a record, or what stands beside one, and whose it is. */
export const RecordLine = z.strictObject({ name: z.string(), content: z.string() });
export type RecordLine = z.infer<typeof RecordLine>;

/** A record that two versions do not have in common; `null` where a version is without it. */
export const RecordChange = z.strictObject({
  record_id: z.string(),
  source_line: z.int().min(1),
  change: z.enum(['added', 'removed', 'changed']),
  before: CanonicalRecord.nullable(),
  after: CanonicalRecord.nullable(),
  /** Of one that was refused before and that a fix saves, where the fix is only looked at: as it stands in the file. */
  as_read: z.array(RecordLine).optional(),
});
export type RecordChange = z.infer<typeof RecordChange>;

export const MAX_SHOWN_CHANGES = 200;

/** Which changes are shown, in the order of the original file. */
export const ChangesPage = z.strictObject({
  offset: Count,
  limit: z.int().min(1).max(MAX_SHOWN_CHANGES),
  /** Null for all kinds. */
  change: RecordChange.shape.change.nullable(),
});
export type ChangesPage = z.infer<typeof ChangesPage>;

export const FIRST_CHANGES: ChangesPage = { offset: 0, limit: MAX_SHOWN_CHANGES, change: null };

/** What becomes, in a newer file, of the records that the version before left out by hand. */
export const ExclusionsAfter = z.strictObject({
  /** They say the same as before, and stay out. */
  kept: Count,
  /** They say something else, and come in again. */
  changed: Count,
  /** The newer file is without them. */
  gone: Count,
  /** The changed ones, in the order of the newer file; the first of them. */
  records: z
    .array(z.strictObject({ record_id: z.string(), source_line: z.int().min(1) }))
    .max(MAX_SHOWN_CHANGES),
});
export type ExclusionsAfter = z.infer<typeof ExclusionsAfter>;

/** What differs between two versions, by record id, and one page of the changes. */
export const VersionDiff = z.strictObject({
  from: z.int().min(1),
  /** Null for an edit that was only looked at. */
  to: z.int().min(1).nullable(),
  /** Of such an edit with a newer file: what the file held. */
  file_sha256: Sha256.optional(),
  /** Of such an edit, where the version before left records out by hand. */
  exclusions: ExclusionsAfter.optional(),
  added: Count,
  removed: Count,
  changed: Count,
  unchanged: Count,
  records: z.array(RecordChange).max(MAX_SHOWN_CHANGES),
});
export type VersionDiff = z.infer<typeof VersionDiff>;

export const changesIn = ({ added, removed, changed }: Omit<VersionDiff, 'from' | 'to'>): number =>
  added + removed + changed;

/** Whether they are more than one call shows. */
export const hasMoreChanges = (diff: Omit<VersionDiff, 'from' | 'to'>): boolean =>
  changesIn(diff) > MAX_SHOWN_CHANGES;
