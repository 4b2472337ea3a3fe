import { and, asc, count, desc, eq, gt, isNotNull, or, sql } from 'drizzle-orm';
import { lineSought, wordsSought } from '../../../src/lib/line-sought';
import { ANY_PROBLEM } from '../../../src/lib/types/dataset-records';
import type { DatasetProblem, ProblemFilter, ProblemType } from '../../../src/lib/types/dataset-records';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { dataset_problems, dataset_versions, datasets, type DatasetVersionRow } from '../schema';
import type { Bound, Page } from './session';
import { CURRENT_FIRST, VERSION_COLUMNS, versionDetails } from './version-details';

const INSERTED_AT_ONCE = 500;

export type NewDatasetVersion = Omit<DatasetVersionRow, 'id' | 'number' | 'created_at'> &
  Partial<Pick<typeof dataset_versions.$inferInsert, 'recipe' | 'summary'>>;

const ownership =
  ({ db, userId }: Bound) =>
  (datasetId: string): boolean =>
    db
      .select({ id: datasets.id })
      .from(datasets)
      .where(and(eq(datasets.id, datasetId), eq(datasets.user_id, userId)))
      .get() !== undefined;

const refuseForeign = (owns: boolean): void => {
  if (!owns) throw new Error('the dataset does not belong to this profile');
};

export const datasetVersionRepository = (bound: Bound) => {
  const { db, userId } = bound;
  const owns = ownership(bound);
  const mine = () =>
    db
      .select({ version: VERSION_COLUMNS })
      .from(dataset_versions)
      .innerJoin(datasets, eq(dataset_versions.dataset_id, datasets.id))
      .$dynamic();
  const ofDataset = (datasetId: string) =>
    and(eq(dataset_versions.dataset_id, datasetId), eq(datasets.user_id, userId));
  return {
    ...versionDetails(bound),
    /** The same content again is the version that is there already. */
    create: (version: NewDatasetVersion): DatasetVersionRow => {
      refuseForeign(owns(version.dataset_id));
      const [same] = db
        .select(VERSION_COLUMNS)
        .from(dataset_versions)
        .where(
          and(
            eq(dataset_versions.dataset_id, version.dataset_id),
            eq(dataset_versions.sha256, version.sha256),
          ),
        )
        .all();
      if (same) return same;
      const number = sql<number>`(SELECT coalesce(max(number), 0) + 1 FROM dataset_versions WHERE dataset_id = ${version.dataset_id})`;
      return db
        .insert(dataset_versions)
        .values({ ...version, number })
        .returning(VERSION_COLUMNS)
        .get();
    },
    current: (datasetId: string): DatasetVersionRow | null =>
      mine()
        .where(ofDataset(datasetId))
        .orderBy(...CURRENT_FIRST)
        .limit(1)
        .get()?.version ?? null,
    /** Of every profile: what is worked out of a version is kept once for all. */
    hashes: (): string[] =>
      db
        .selectDistinct({ sha256: dataset_versions.sha256 })
        .from(dataset_versions)
        .all()
        .map(({ sha256 }) => sha256),
    get: (id: string): DatasetVersionRow | null =>
      mine()
        .where(and(eq(dataset_versions.id, id), eq(datasets.user_id, userId)))
        .get()?.version ?? null,
    list: (datasetId: string): DatasetVersionRow[] =>
      mine()
        .where(ofDataset(datasetId))
        .orderBy(desc(dataset_versions.number))
        .all()
        .map(({ version }) => version),
  };
};

const { line, path, record_id, type, severity, error, suggestion } = dataset_problems;

/** Which element of a list a problem is in: all of them may stand on one line. */
const elementOf = sql`CASE WHEN ${path} GLOB '/[0-9]*' THEN substr(${path}, 2, instr(substr(${path}, 2) || '/', '/') - 1) END`;

const holds = (column: SQLiteColumn, text: string) => sql`instr(lower(${column}), lower(${text})) > 0`;

const fitting = (datasetId: string, filter: ProblemFilter) =>
  and(
    eq(dataset_problems.dataset_id, datasetId),
    filter.type === null ? undefined : eq(type, filter.type),
    filter.severity === null ? undefined : eq(severity, filter.severity),
    filter.record_id === undefined ? undefined : eq(record_id, filter.record_id),
    soughtIn(filter.query.trim()),
  );

const soughtIn = (query: string) => {
  if (query === '') return undefined;
  const wanted = lineSought(query);
  return wanted === null
    ? or(...[error, suggestion, path, record_id].map((column) => holds(column, wordsSought(query))))
    : eq(line, wanted);
};

export const datasetProblemRepository = (bound: Bound) => {
  const { db } = bound;
  const owns = ownership(bound);
  return {
    /** Appends; an import sends its problems in several calls. */
    insertMany: (datasetId: string, problems: readonly DatasetProblem[]): void => {
      refuseForeign(owns(datasetId));
      for (let start = 0; start < problems.length; start += INSERTED_AT_ONCE) {
        const rows = problems.slice(start, start + INSERTED_AT_ONCE);
        db.insert(dataset_problems)
          .values(rows.map((problem) => ({ ...problem, dataset_id: datasetId })))
          .run();
      }
    },
    clear: (datasetId: string): void => {
      refuseForeign(owns(datasetId));
      db.delete(dataset_problems).where(eq(dataset_problems.dataset_id, datasetId)).run();
    },
    /** The records that have such a problem, each with every kind of it that it has. */
    ofRecords: (datasetId: string, filter: ProblemFilter): { id: string; type: ProblemType }[] => {
      if (!owns(datasetId)) return [];
      return db
        .selectDistinct({ id: record_id, type })
        .from(dataset_problems)
        .where(and(fitting(datasetId, filter), isNotNull(record_id)))
        .all()
        .flatMap(({ id, type: kind }) => (id === null ? [] : { id, type: kind }));
    },
    /** Records of which nothing is used, each with its first error, by their lines; the first `limit` of them. */
    rejectedLines: (datasetId: string, limit: number): DatasetProblem[] => {
      if (!owns(datasetId)) return [];
      const first = sql<number>`min(${dataset_problems.id})`;
      return db
        .select({ line, path, record_id, type, severity, error, suggestion, first })
        .from(dataset_problems)
        .where(and(eq(dataset_problems.dataset_id, datasetId), eq(severity, 'error'), gt(line, 0)))
        .groupBy(line, elementOf)
        .orderBy(asc(line), asc(first))
        .limit(limit)
        .all()
        .map(({ first: _, ...problem }) => problem);
    },
    page: (
      datasetId: string,
      { offset, limit }: Page,
      filter: ProblemFilter = ANY_PROBLEM,
    ): { total: number; problems: DatasetProblem[] } => {
      if (!owns(datasetId)) return { total: 0, problems: [] };
      const where = fitting(datasetId, filter);
      const total = db.select({ total: count() }).from(dataset_problems).where(where).get()?.total ?? 0;
      const rows = db
        .select()
        .from(dataset_problems)
        .where(where)
        .orderBy(asc(line), asc(dataset_problems.id))
        .limit(limit)
        .offset(offset)
        .all();
      return { total, problems: rows.map(({ id: _id, dataset_id: _dataset, ...problem }) => problem) };
    },
  };
};
