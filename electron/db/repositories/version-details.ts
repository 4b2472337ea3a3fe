import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import { DatasetVersion } from '../../../src/lib/types/dataset-versions';
import { dataset_versions, datasets, job_datasets, training_jobs } from '../schema';
import type { JsonObject } from '../schema/columns';
import type { Bound } from './session';

const { recipe: _recipe, summary: _summary, ...columns } = getTableColumns(dataset_versions);
/** Those of a `DatasetVersionRow`. */
export const VERSION_COLUMNS = columns;

/** The one that was chosen, or the newest. */
export const CURRENT_FIRST = [
  desc(sql`${dataset_versions.id} IS ${datasets.current_version_id}`),
  desc(dataset_versions.number),
];

const { path: _path, source_path: _source, source_sha256: _hash, ...shown } = columns;
const EXCLUDED = sql<number>`coalesce(json_array_length(${dataset_versions.recipe}, '$.exclude'), 0)`;
const FIXES = sql<string>`coalesce(json_extract(${dataset_versions.recipe}, '$.fixes'), '[]')`;

const FILE_NAME = sql<string | null>`json_extract(${dataset_versions.summary}, '$.file_name')`;

const RUNS = sql<string>`(SELECT json_group_array(job_id) FROM (
  SELECT DISTINCT ${job_datasets.job_id} AS job_id FROM ${job_datasets}
  INNER JOIN ${training_jobs} ON ${training_jobs.id} = ${job_datasets.job_id}
  WHERE ${job_datasets.dataset_version_id} = ${dataset_versions.id}
  ORDER BY ${training_jobs.queued_at}))`;

/** What may be large, and what is told of versions without it. */
export const versionDetails = ({ db, userId }: Bound) => {
  const part = (id: string) =>
    db
      .select({ recipe: dataset_versions.recipe, summary: dataset_versions.summary })
      .from(dataset_versions)
      .innerJoin(datasets, eq(dataset_versions.dataset_id, datasets.id))
      .where(and(eq(dataset_versions.id, id), eq(datasets.user_id, userId)))
      .get();
  return {
    /** What was written down of how it was made; null for a version that is not there. */
    recipe: (id: string): JsonObject | null => part(id)?.recipe ?? null,
    /** The columns of its dataset while it is current; null where they are not known. */
    summary: (id: string): JsonObject | null => part(id)?.summary ?? null,
    /** Newest first, as the window shows them. */
    described: (datasetId: string): DatasetVersion[] => {
      const rows = db
        .select({ ...shown, excluded: EXCLUDED, fixes: FIXES, file_name: FILE_NAME, runs: RUNS })
        .from(dataset_versions)
        .innerJoin(datasets, eq(dataset_versions.dataset_id, datasets.id))
        .where(and(eq(dataset_versions.dataset_id, datasetId), eq(datasets.user_id, userId)))
        .orderBy(...CURRENT_FIRST)
        .all();
      return rows
        .map(({ fixes, runs, ...row }, index) => {
          const lists: unknown = JSON.parse(`{"fixes":${fixes},"runs":${runs}}`);
          return DatasetVersion.parse({ ...row, ...Object(lists), is_current: index === 0 });
        })
        .toSorted((left, right) => right.number - left.number);
    },
  };
};
