import { and, desc, eq, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { ArtifactExport, ModelArtifact } from '../../../src/lib/types/model-artifact';
import {
  type ArtifactRow,
  type ExportOwner,
  type ExportRow,
  exports,
  model_artifacts,
  training_jobs,
} from '../schema';
import { refuseForeign } from './ownership';
import { type Bound, nowIso } from './session';

export type NewArtifact = Omit<
  ModelArtifact,
  | 'user_id'
  | 'version'
  | 'created_at'
  | 'updated_at'
  | 'deleted_at'
  | 'deployed_at'
  | 'revision'
  | 'notes'
  | 'tags'
  | 'verdict'
  | 'status'
>;
export type ArtifactChanges = Partial<
  Pick<ModelArtifact, 'name' | 'description' | 'status' | 'deleted_at' | 'notes' | 'tags' | 'verdict'>
>;
export interface NewExport extends Pick<ArtifactExport, 'artifact_id' | 'format' | 'path'> {
  readonly owner: ExportOwner;
}
export interface RunningExport {
  readonly id: string;
  /** `null` where an older version of the program made it. */
  readonly owner: ExportOwner | null;
}
export type ExportChanges = Partial<
  Pick<ArtifactExport, 'status' | 'files' | 'verification' | 'error' | 'completed_at'>
>;

const fromRow = ({ storage_root_id: _root, ...row }: ArtifactRow): ModelArtifact => ModelArtifact.parse(row);
const exportFromRow = ({ storage_root_id: _root, owner: _owner, ...row }: ExportRow): ArtifactExport =>
  ArtifactExport.parse(row);

/** Counted up for each dataset and name: 1.0.0, 2.0.0 … */
const nextVersion = ({ db, userId }: Bound, { dataset_id, name }: NewArtifact): string => {
  const same = db
    .select({ version: model_artifacts.version })
    .from(model_artifacts)
    .where(
      and(
        eq(model_artifacts.user_id, userId),
        eq(model_artifacts.name, name),
        dataset_id ? eq(model_artifacts.dataset_id, dataset_id) : isNull(model_artifacts.dataset_id),
      ),
    )
    .all();
  const highest = Math.max(
    0,
    ...same.map(({ version }) => Number.parseInt(version, 10)).filter(Number.isFinite),
  );
  return `${highest + 1}.0.0`;
};

/** The last one first, by `order`. */
const listed = ({ db, userId }: Bound, which: SQL, order: SQLiteColumn): ModelArtifact[] =>
  db
    .select()
    .from(model_artifacts)
    .where(and(eq(model_artifacts.user_id, userId), which))
    .orderBy(desc(order))
    .all()
    .map(fromRow);

const artifacts = ({ db, userId }: Bound) => {
  const own = (id: string) => and(eq(model_artifacts.id, id), eq(model_artifacts.user_id, userId));
  const get = (id: string): ModelArtifact | null => {
    const row = db.select().from(model_artifacts).where(own(id)).get();
    return row ? fromRow(row) : null;
  };
  const update = (id: string, changes: ArtifactChanges): ModelArtifact | null => {
    db.update(model_artifacts).set(changes).where(own(id)).run();
    return get(id);
  };
  const ofJob = (jobId: string): ModelArtifact | null => {
    const row = db
      .select()
      .from(model_artifacts)
      .where(and(eq(model_artifacts.user_id, userId), eq(model_artifacts.job_id, jobId)))
      .get();
    return row ? fromRow(row) : null;
  };
  return {
    get,
    update,
    list: (): ModelArtifact[] =>
      listed({ db, userId }, isNull(model_artifacts.deleted_at), model_artifacts.created_at),
    /** Those that were put away, the last one first. */
    listDeleted: (): ModelArtifact[] =>
      listed({ db, userId }, isNotNull(model_artifacts.deleted_at), model_artifacts.deleted_at),
    ofJob,
    /** Makes the artifact and points its job at it; the same job again gives the artifact that is there. */
    create: (artifact: NewArtifact): ModelArtifact => {
      const { job_id } = artifact;
      const known = job_id === null ? null : ofJob(job_id);
      if (known) return known;
      refuseForeign(
        { db, userId },
        {
          job: job_id,
          dataset: artifact.dataset_id,
          'base model': artifact.base_model_id,
          model: artifact.parent_model_id,
        },
      );
      const { id } = db
        .insert(model_artifacts)
        .values({ ...artifact, user_id: userId, version: nextVersion({ db, userId }, artifact) })
        .returning({ id: model_artifacts.id })
        .get();
      if (job_id !== null) {
        db.update(training_jobs)
          .set({ artifact_id: id })
          .where(and(eq(training_jobs.id, job_id), eq(training_jobs.user_id, userId)))
          .run();
      }
      return ModelArtifact.parse(get(id));
    },
    softDelete: (id: string): ModelArtifact | null => update(id, { deleted_at: nowIso() }),
  };
};

const artifactPurge = ({ db, userId }: Bound) => ({
  /** For good, with its exports; its job is told first. */
  purge: (id: string): boolean => {
    db.update(training_jobs)
      .set({ artifact_id: null })
      .where(and(eq(training_jobs.artifact_id, id), eq(training_jobs.user_id, userId)))
      .run();
    return (
      db
        .delete(model_artifacts)
        .where(and(eq(model_artifacts.id, id), eq(model_artifacts.user_id, userId)))
        .run().changes > 0
    );
  },
});

export const artifactRepository = (bound: Bound) => ({ ...artifacts(bound), ...artifactPurge(bound) });

/** `pending`: its files are being written; `running`: they are being checked. */
const UNDER_WAY: ArtifactExport['status'][] = ['pending', 'running'];

export const exportRepository = ({ db, userId }: Bound) => {
  const owns = (artifactId: string): boolean =>
    db
      .select({ id: model_artifacts.id })
      .from(model_artifacts)
      .where(and(eq(model_artifacts.id, artifactId), eq(model_artifacts.user_id, userId)))
      .get() !== undefined;
  const get = (id: string): ArtifactExport | null => {
    const row = db.select().from(exports).where(eq(exports.id, id)).get();
    return row && owns(row.artifact_id) ? exportFromRow(row) : null;
  };
  return {
    get,
    create: (made: NewExport): ArtifactExport => {
      if (!owns(made.artifact_id)) throw new Error('the model does not belong to this profile');
      return exportFromRow(
        db
          .insert(exports)
          .values({ ...made, status: 'pending' })
          .returning()
          .get(),
      );
    },
    update: (id: string, changes: ExportChanges): ArtifactExport | null => {
      if (get(id)) db.update(exports).set(changes).where(eq(exports.id, id)).run();
      return get(id);
    },
    /** Only what is still made: its maker may have ended it meanwhile. */
    failRunning: (id: string, error: string): void => {
      if (!get(id)) return;
      const stillRuns = and(eq(exports.id, id), inArray(exports.status, UNDER_WAY));
      db.update(exports).set({ status: 'failed', error }).where(stillRuns).run();
    },
    list: (artifactId: string): ArtifactExport[] =>
      owns(artifactId)
        ? db
            .select()
            .from(exports)
            .where(eq(exports.artifact_id, artifactId))
            .orderBy(desc(exports.created_at))
            .all()
            .map(exportFromRow)
        : [],
    running: (): RunningExport[] =>
      db
        .select()
        .from(exports)
        .where(inArray(exports.status, UNDER_WAY))
        .all()
        .filter(({ artifact_id }) => owns(artifact_id))
        .map(({ id, owner }) => ({ id, owner })),
  };
};
